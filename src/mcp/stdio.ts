import { within } from "../lib/deadline.ts";
import { at, parseJson, textAt } from "../lib/json.ts";
import { createLineDecoder } from "../lib/lines.ts";
import { RpcError, rpcCodes, type RpcNotice, type RpcResponse, toErrorResponse } from "./json-rpc.ts";
import { receive } from "./receive.ts";
import { isBatch, batchWords, negotiateRevision, newestRevision } from "./revision.ts";
import type { Asking, McpServer } from "./server.ts";

export interface StdioParts extends Pick<Asking, "caller" | "locate"> {
  readonly server: McpServer;
  readonly input: AsyncIterable<Uint8Array>;
  readonly write: (line: string) => void;
}

/** What is nearly done when its client leaves is still said, to who pipes a question in; then it ends. */
const lastMs = 1_000;

/** One client on standard input and output: a message a line. Resolves when the input has ended, and all that it began. */
export async function serveStdio({ server, input, write, caller, locate }: StdioParts): Promise<void> {
  const left = new AbortController();
  const asking = { caller, client: "stdio", signal: left.signal, notify: say, locate };
  let revision = newestRevision;
  const running = new Set<Promise<void>>();
  const lines = createLineDecoder();
  try {
    for await (const bytes of input) lines.push(bytes).forEach(take);
    take(lines.end());
  } catch (thrown) {
    // What follows an endless line cannot be told from it.
    if (!(thrown instanceof RangeError)) throw thrown;
    say(toErrorResponse(new RpcError(rpcCodes.invalidRequest, thrown.message), null));
  } finally {
    const all = Promise.all(running);
    await within(all, lastMs);
    left.abort();
    await all;
  }

  function take(line: string): void {
    if (line.trim() === "") return;
    const answering = answer(line).then((answered) => {
      if (answered) say(answered);
    });
    running.add(answering);
    void answering.finally(() => running.delete(answering));
  }

  /** Older revisions may send several in one array. */
  async function answer(line: string): Promise<RpcResponse | readonly RpcResponse[] | undefined> {
    const value = tryParse(line);
    if (value instanceof RpcError) return toErrorResponse(value, null);
    if (textAt(value, "method") === "initialize") revision = negotiateRevision(at(value, "params", "protocolVersion"));
    if (!Array.isArray(value)) return receive(value, server, { ...asking, revision });
    if (!isBatch(value)) return toErrorResponse(new RpcError(rpcCodes.invalidRequest, `expected ${batchWords}`), null);
    const answers = await Promise.all(value.map((each) => receive(each, server, { ...asking, revision })));
    const given = answers.filter((each) => each !== undefined);
    return given.length === 0 ? undefined : given;
  }

  function say(message: RpcNotice | RpcResponse | readonly RpcResponse[]): void {
    write(`${JSON.stringify(message)}\n`);
  }
}

function tryParse(line: string): unknown {
  try {
    return parseJson(line);
  } catch {
    return new RpcError(rpcCodes.parseError, "the line is not JSON, or nests deeper than 128 levels");
  }
}
