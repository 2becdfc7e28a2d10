import { Elysia } from "elysia";
import { type Connection, parseAnyBody, readBody, unhurried } from "../../http/body.ts";
import { content } from "../../http/content.ts";
import { comments, eventStreamHeaders, toEventStream } from "../../http/event-stream.ts";
import { header } from "../../http/headers.ts";
import { createHeldBodies, type HeldBodies } from "../../http/held-body.ts";
import type { StreamWatch } from "../../http/stream-watch.ts";
import { within } from "../../lib/deadline.ts";
import { createId } from "../../lib/ids.ts";
import { at, textAt } from "../../lib/json.ts";
import type { RpcResponse } from "../../mcp/json-rpc.ts";
import { createOutbox, type Outbox } from "../../mcp/outbox.ts";
import { isRefused, receive, wantsNews } from "../../mcp/receive.ts";
import {
  allowsBatches,
  isBatch,
  isKnownRevision,
  batchWords,
  negotiateRevision,
  newestRevision,
} from "../../mcp/revision.ts";
import type { Asking } from "../../mcp/server.ts";
import { ApiError } from "../../protocol/errors.ts";
import type { Services } from "../../services.ts";
import { Theirs, theirAnswer } from "./theirs.ts";

/** Of answers that nobody has read yet: files are up to 16 MB, and base64 makes that a third more. Arbitrary, in bytes. */
const maxHeldBytes = 256 * 1024 * 1024;
/** What takes longer is answered by a stream, which is kept alive; arbitrary. */
const patienceMs = 1_000;

/**
 * The Model Context Protocol over streamable HTTP (https://modelcontextprotocol.io/specification/2025-11-25/basic/transports).
 * Nothing is kept of a client: it need not introduce itself, and its session is a name that tells it from others.
 */
export function mcp({ mcpServer, access, clients, config, streams }: Services) {
  const bodies = createHeldBodies(maxHeldBytes);
  return new Elysia().post(
    "/mcp",
    async ({ body: { value }, request, server }) => {
      const revision = readRevision(request);
      const messages = toMessages(value, revision);
      const left = new AbortController();
      const outbox = createOutbox(() => left.abort());
      const asking = { ...toAsking(request, outbox, left.signal), revision: revision ?? newestRevision };
      const rpc = await mcpServer();
      const answers = messages.flatMap((message) => receive(message, rpc, asking) ?? []);
      if (answers.length === 0) return accepted();
      const headers = toSession(messages);
      // All else is soon there, and may be large: a body counts what is held of it.
      const mayStream = acceptsStream(request) && messages.some(isCall);
      const all = mayStream && messages.some(wantsNews) ? undefined : Promise.all(answers);
      const soon = all && (await unhurried({ request, server }, () => (mayStream ? within(all, patienceMs) : all)));
      return soon
        ? toDocument(soon, Array.isArray(value), headers, bodies)
        : toStream(answers, outbox, headers, { request, server, watch: streams.watch });
    },
    {
      body: content<{ value: unknown }>({ "application/json": Theirs }),
      parse: async (connection: Connection) => ({
        value: await unhurried(connection, async () =>
          parseAnyBody(await readBody(connection.request, config.max_body)),
        ),
      }),
      response: theirAnswer("text/event-stream"),
      detail: {
        summary: "Tools and resources for other programs' models, by the Model Context Protocol",
        description: "JSON-RPC; a call whose progress was asked for is answered by a stream. Notifications give 202.",
      },
    },
  );

  function toAsking(request: Request, { notify }: Outbox, left: AbortSignal): Omit<Asking, "revision"> {
    const caller = access.caller(request);
    const origin = clients.originOf(request);
    return {
      caller,
      client: JSON.stringify([caller.owner, caller.keyId, header(request, "mcp-session-id")]),
      signal: AbortSignal.any([request.signal, left]),
      notify,
      locate: ({ name }) => `${origin}/media/${encodeURIComponent(name)}`,
    };
  }
}

/** @throws {ApiError} `invalid_request` */
function toMessages(value: unknown, revision: string | undefined): readonly unknown[] {
  if (!Array.isArray(value)) return [value];
  if ((revision === undefined || allowsBatches(revision)) && isBatch(value)) return value;
  throw new ApiError("invalid_request", `${batchWords} is taken up to revision 2025-03-26`);
}

/** What a request is written in, as far as it says: older clients send no header, but their session. @throws {ApiError} */
function readRevision(request: Request): string | undefined {
  const said = header(request, "mcp-protocol-version");
  if (said !== undefined && !isKnownRevision(said))
    throw new ApiError("invalid_request", "MCP-Protocol-Version: that revision is not spoken here");
  return said ?? header(request, "mcp-session-id")?.split(".").find(isKnownRevision);
}

/** A session is a name, which says what was agreed on. */
function toSession(messages: readonly unknown[]): Headers {
  const introduction = messages.find((message) => textAt(message, "method") === "initialize");
  if (introduction === undefined) return {};
  const revision = negotiateRevision(at(introduction, "params", "protocolVersion"));
  return { "mcp-session-id": `${createId("mcp")}.${revision}` };
}

function acceptsStream(request: Request): boolean {
  return /\btext\/event-stream\b/i.test(header(request, "accept") ?? "");
}

function isCall(message: unknown): boolean {
  return textAt(message, "method") === "tools/call";
}

function accepted(): Response {
  return new Response(null, { status: 202 });
}

type Headers = Readonly<Record<string, string>>;
type Answered = RpcResponse | undefined;

/** What was cancelled has no answer. */
function toDocument(answered: readonly Answered[], isArray: boolean, headers: Headers, { hold }: HeldBodies): Response {
  const responses = answered.filter((each) => each !== undefined);
  const [only] = responses;
  if (!only) return accepted();
  const body = hold(JSON.stringify(isArray ? responses : only));
  const status = !isArray && isRefused(only) ? 400 : 200;
  return new Response(body, { status, headers: { "content-type": "application/json;charset=utf-8", ...headers } });
}

function toStream(
  answers: readonly Promise<Answered>[],
  outbox: Outbox,
  headers: Headers,
  connection: Connection & Pick<StreamWatch, "watch">,
): Response {
  const added = answers.map(async (answer) => {
    const response = await answer;
    if (response) outbox.add(response);
  });
  void Promise.all(added).then(outbox.end);
  const body = toEventStream(outbox, {
    ...connection,
    ...comments,
    encode: (said) => said.map((each) => `event: message\ndata: ${JSON.stringify(each)}\n\n`).join(""),
    // Nothing in it fails.
    encodeFailure: () => "",
  });
  return new Response(body, { headers: { ...eventStreamHeaders, ...headers } });
}
