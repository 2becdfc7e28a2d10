import { at, isObject, type JsonObject, numberAt, textAt } from "../lib/json.ts";
import { oneLine } from "../lib/text.ts";
import { orAborted } from "../lib/pause.ts";
import { ApiError } from "../protocol/errors.ts";
import { forgotten, type Wire, type WireParts } from "./wire.ts";

/** Requests and their answers, by JSON-RPC 2.0. */
export interface Session extends AsyncDisposable {
  /**
   * What a server answers.
   *
   * @throws {ApiError} for its refusal, and where it is gone, `not_found` where it was merely started anew; the reason of
   * `signal`, of which the server is told
   */
  ask(method: string, params: JsonObject, signal: AbortSignal, onProgress?: (said: string) => void): Promise<unknown>;
  tell(method: string, params?: JsonObject): void;
  agreeOn(version: string): void;
  /** Why it is over, in words. */
  readonly ended: Promise<string>;
}

export interface SessionParts extends Pick<WireParts, "note"> {
  readonly name: string;
  readonly open: (parts: WireParts) => Wire;
  readonly onTold: (method: string) => void;
  /** Strikes out what nobody may see. */
  readonly redact: (text: string) => string;
}

interface Waiting {
  readonly resolve: (result: unknown) => void;
  readonly reject: (why: ApiError) => void;
  readonly onProgress: ((said: string) => void) | undefined;
}

/** Of what a server says of a failure, or of how far it is, in characters. */
const maxSaidLength = 500;
/** Of its questions, how many may be on their way to be refused: with more a server asks faster than it reads. Arbitrary. */
const maxRefusing = 100;
/** Of the id of a question, which is said again, in characters. */
const maxIdLength = 256;
/** JSON-RPC's code for what somebody does not do. */
const methodNotFound = -32_601;

/** @throws {ApiError} where the wire cannot be opened */
export function openSession({ name, open, onTold, redact, note }: SessionParts): Session {
  const waiting = new Map<number, Waiting>();
  const closed = new AbortController();
  let last = 0;
  let refusing = 0;
  const wire = open({ receive, note });
  void wire.ended.then((why) => {
    const code = why === forgotten ? "not_found" : "upstream_failed";
    for (const each of waiting.values()) each.reject(new ApiError(code, `${name} is gone: ${why}`));
  });

  return {
    async ask(method, params, signal, onProgress) {
      signal.throwIfAborted();
      const id = ++last;
      const { promise, resolve, reject } = Promise.withResolvers<unknown>();
      waiting.set(id, { resolve, reject, onProgress });
      const asked = onProgress ? { ...params, _meta: { progressToken: id } } : params;
      wire.send({ jsonrpc: "2.0", id, method, params: asked }, signal).catch(reject);
      try {
        return await orAborted(promise, signal);
      } catch (thrown) {
        // Of its greeting a client may not take leave.
        if (signal.aborted && waiting.has(id) && method !== "initialize") cancel(id);
        throw signal.aborted ? signal.reason : thrown;
      } finally {
        waiting.delete(id);
      }
    },
    tell,
    agreeOn: (version) => wire.agreeOn(version),
    ended: wire.ended,
    async [Symbol.asyncDispose]() {
      await wire[Symbol.asyncDispose]();
      closed.abort();
    },
  };

  function tell(method: string, params?: JsonObject): void {
    wire.send({ jsonrpc: "2.0", method, ...(params && { params }) }, closed.signal).catch(() => {});
  }

  function cancel(requestId: number): void {
    tell("notifications/cancelled", { requestId, reason: "nobody waits for it any more" });
  }

  function receive(message: JsonObject): void {
    const { id, method } = message;
    if (typeof method === "string" && id === undefined) return readTold(method, message.params);
    if (typeof method === "string") return refuse(id, method);
    const asked = typeof id === "number" ? waiting.get(id) : undefined;
    if (!asked) return;
    if ("error" in message) asked.reject(toRefusal(message.error));
    else asked.resolve(message.result);
  }

  function readTold(method: string, params: unknown): void {
    if (method !== "notifications/progress") return onTold(method);
    const asked = waiting.get(numberAt(params, "progressToken") ?? NaN);
    asked?.onProgress?.(redact(toProgress(params)));
  }

  /** We offer servers nothing: no models, no folders, no questions to people. */
  function refuse(id: unknown, method: string): void {
    const isId = typeof id === "string" ? id.length <= maxIdLength : typeof id === "number";
    if (!isId || refusing === maxRefusing) return;
    const answer =
      method === "ping"
        ? { result: {} }
        : { error: { code: methodNotFound, message: "this client does nothing of that kind" } };
    refusing++;
    const sent = wire.send({ jsonrpc: "2.0", id, ...answer }, closed.signal).catch(() => {});
    void sent.finally(() => refusing--);
  }

  function toRefusal(error: unknown): ApiError {
    const said = isObject(error) ? textAt(error, "message") : undefined;
    return new ApiError(
      "upstream_rejected",
      `${name} refused: ${redact(oneLine(said ?? "it gave no reason", maxSaidLength))}`,
    );
  }
}

function toProgress(params: unknown): string {
  const said = textAt(params, "message");
  if (said !== undefined) return oneLine(said.slice(0, maxSaidLength), maxSaidLength);
  const total = at(params, "total");
  return `${numberAt(params, "progress") ?? 0}${typeof total === "number" ? ` of ${total}` : ""}`;
}
