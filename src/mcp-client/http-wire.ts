import { isObject, tryParseJson } from "../lib/json.ts";
import { pause } from "../lib/pause.ts";
import { createSseDecoder } from "../lib/sse.ts";
import { ApiError } from "../protocol/errors.ts";
import { readUpstream, type UpstreamRequest } from "../providers/upstream.ts";
import { forgotten, maxMessageLength, type Wire, type WireParts } from "./wire.ts";

/** An address that speaks MCP. */
export interface HttpAddress {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly isProxied: boolean;
  /** Longest wait for a connection, in milliseconds. */
  readonly connectMs: number;
  /** Longest silence, in milliseconds. */
  readonly silenceMs: number;
}

/** How often an answer is gone on with that broke off, and how long is waited before, unless the server says. */
const maxResumes = 5;
const resumeMs = 500;
const maxResumeMs = 10_000;

/** How long a server may take to hear that we leave, in milliseconds. */
const endMs = 1000;

/**
 * Speaks with a server over HTTP: each message is a request of its own, whose answer is JSON or a stream of events.
 * https://modelcontextprotocol.io/specification/2025-11-25/basic/transports#streamable-http
 *
 * No stream is held open for what the server may say by itself: each would hold a connection for as long as we live.
 */
export function openHttpWire(
  name: string,
  address: HttpAddress,
  redact: (text: string) => string,
  { receive, note }: WireParts,
): Wire {
  const { promise: ended, resolve: end } = Promise.withResolvers<string>();
  const closing = new AbortController();
  let session: string | undefined;
  let version: string | undefined;

  return {
    async send(message, signal) {
      const id = "method" in message ? message.id : undefined;
      const asking = AbortSignal.any([signal, closing.signal]);
      let read = await exchange("POST", asking, id, JSON.stringify(message));
      if (id === undefined) return;
      for (let resumes = 0; !read.isAnswered; resumes++) {
        if (read.lastId === undefined || resumes === maxResumes) throw failure("its answer broke off before its end");
        await pause(Math.min(read.retryMs ?? resumeMs, maxResumeMs), asking);
        const next = await exchange("GET", asking, id, undefined, { "last-event-id": read.lastId });
        read = { ...next, lastId: next.lastId ?? read.lastId, retryMs: next.retryMs ?? read.retryMs };
      }
    },
    agreeOn(agreed) {
      version = agreed;
    },
    ended,
    async [Symbol.asyncDispose]() {
      end("it was closed");
      closing.abort(failure("it was closed"));
      // It may forget us; if it does not, that is its affair.
      if (session !== undefined) await exchange("DELETE", AbortSignal.timeout(endMs), undefined).catch(() => {});
    },
  };

  /** One request, and whatever comes as its answer. */
  async function exchange(
    method: UpstreamRequest["method"],
    signal: AbortSignal,
    id: unknown,
    body?: string,
    more: Readonly<Record<string, string>> = {},
  ) {
    const stream = createSseDecoder();
    const decoder = new TextDecoder();
    let isStream = false;
    let isAnswered = false;
    let text = "";
    let length = 0;
    const take = (data: string) => {
      const parsed = tryParseJson(data);
      // Older servers answer several at once.
      for (const message of Array.isArray(parsed) ? parsed : [parsed]) {
        if (!isObject(message)) note("what it sent is no message");
        else {
          isAnswered ||= message.id === id && !("method" in message);
          receive(message);
        }
      }
    };
    for await (const piece of readUpstream(toRequest(method, signal, body, more, onHead))) {
      length += piece.length;
      if (length > maxMessageLength) throw failure(`it sent more than ${maxMessageLength / 1024 / 1024} MB`);
      if (!isStream) text += decoder.decode(piece, { stream: true });
      else for (const { event, data } of stream.push(piece)) if (event === "" || event === "message") take(data);
      // A server may leave its stream open, even where it was asked nothing.
      if (isAnswered || id === undefined) break;
    }
    if (isStream && !isAnswered) for (const { data } of stream.end()) take(data);
    if (!isStream && text.trim() !== "" && id !== undefined) take(text);
    return { isAnswered, lastId: stream.lastId, retryMs: stream.retryMs };

    function onHead(headers: Headers): void {
      isStream = /^text\/event-stream\b/i.test(headers.get("content-type") ?? "");
      session = headers.get("mcp-session-id") ?? session;
    }
  }

  function toRequest(
    method: UpstreamRequest["method"],
    signal: AbortSignal,
    body: string | undefined,
    more: Readonly<Record<string, string>>,
    onHead: (headers: Headers) => void,
  ): UpstreamRequest {
    const { url, headers, isProxied, connectMs, silenceMs } = address;
    return {
      url,
      method,
      headers: {
        accept: method === "GET" ? "text/event-stream" : "application/json, text/event-stream",
        ...(body !== undefined && { "content-type": "application/json" }),
        ...(version !== undefined && { "mcp-protocol-version": version }),
        ...headers,
        ...(session !== undefined && { "mcp-session-id": session }),
        ...more,
      },
      body,
      signal,
      limits: { connectMs, firstByteMs: silenceMs, loadMs: silenceMs, silenceMs, isProxied },
      context: {
        provider: name,
        keySetting: undefined,
        redact,
        classify(status) {
          if (session === undefined || status !== 404) return "upstream_failed";
          end(forgotten);
          return "not_found";
        },
      },
      onHead,
    };
  }

  function failure(why: string): ApiError {
    return new ApiError("upstream_failed", `${name}: ${why}`);
  }
}
