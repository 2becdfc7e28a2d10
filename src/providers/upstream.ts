import { within } from "../lib/deadline.ts";
import { textAt } from "../lib/json.ts";
import { isLoopbackHost } from "../lib/loopback.ts";
import { type Pinned, toPinned } from "../lib/pinned.ts";
import { portOf } from "../lib/web-address.ts";
import { ApiError } from "../protocol/errors.ts";
import { type FailureContext, fromConnection, fromResponse } from "./failure.ts";
import type { UpstreamLimits } from "./provider.ts";

/** The one outgoing request: every adapter's traffic passes here. */
export interface UpstreamRequest {
  readonly url: string;
  readonly method: "GET" | "POST" | "DELETE";
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: UpstreamBody | undefined;
  readonly signal: AbortSignal;
  readonly limits: UpstreamLimits;
  readonly context: FailureContext;
  /** Whether nothing of the answer is missing, though more may be told of it: what follows is not waited for long. */
  readonly isWhole?: () => boolean;
  /** Whether a GET goes on to where its host sends it: another path of the same host. */
  readonly followsRedirects?: boolean | undefined;
  /** The IP addresses that its host was judged by, where a caller named it: it goes to the first, and to no proxy. */
  readonly ips?: readonly string[] | undefined;
  /** The `Cookie` header for an address; found anew where a redirect leads on. */
  readonly cookies?: ((url: URL) => Promise<string | undefined>) | undefined;
  /** Sees the headers of a good answer, before its body; what it throws is the failure of the request. */
  readonly onHead?: ((headers: Headers) => void) | undefined;
}

export type UpstreamBody = string | Uint8Array<ArrayBuffer> | FormData;

/** Longest silence after a whole answer, in milliseconds. */
const tailMs = 3000;

/** How soon a connection that was closed before we wrote to it is known to be. */
const staleMs = 1000;

/** More of an error's body tells people nothing, in characters, and it is not waited for longer. */
const maxErrorLength = 64 * 1024;
const errorBodyMs = 3000;

/**
 * Sends a request and yields the pieces of its answer as they come.
 *
 * @throws {ApiError} for a refusal, an unreachable upstream, a broken stream, or one that is silent too long.
 */
export async function* readUpstream(request: UpstreamRequest): AsyncGenerator<Uint8Array> {
  const { context, limits, signal } = request;
  // One controller ends the request, whatever the cause: the caller, a timer, or our own end.
  const controller = new AbortController();
  const follow = () => controller.abort(signal.reason);
  if (signal.aborted) follow();
  else signal.addEventListener("abort", follow, { once: true });
  // Only the upstream's time counts: not that of a client which reads slowly.
  let waiting = true;
  let limit = { ms: limits.firstByteMs, what: "sent nothing" };
  const strike = () => {
    if (!waiting) return void timer.refresh();
    const isHearsay = limit.what === silent && limits.isCallersSilence === true;
    controller.abort(tooSlow(context, limit.what, limit.ms, isHearsay));
  };
  let timer = setTimeout(strike, limit.ms);
  let reader: Reader | undefined;
  let status: number | undefined;
  const over = limits.watch?.(context.provider);
  try {
    const response = await connect(request, controller);
    status = response.status;
    if (!response.ok) {
      const start = await readStart(response, controller);
      signal.throwIfAborted();
      throw fromResponse(response, start, context);
    }
    reader = response.body?.getReader();
    request.onHead?.(response.headers);
    // Headers may come at once, and the first piece only when the model has thought.
    let isFirst = true;
    let isTail = false;
    while (reader) {
      waiting = true;
      const { done, value } = await reader.read();
      waiting = false;
      if (done) return void (reader = undefined);
      if (isFirst) setLimit(limits.silenceMs);
      // What keeps a connection alive after the last word keeps no run.
      else if (!isTail) timer.refresh();
      isFirst = false;
      yield value;
      if (!isTail && request.isWhole?.()) setLimit(Math.min(tailMs, limits.silenceMs));
      isTail ||= request.isWhole?.() ?? false;
    }
  } catch (thrown) {
    if (thrown instanceof ApiError) throw thrown;
    throw controller.signal.aborted ? controller.signal.reason : brokenStream(context.provider, thrown);
  } finally {
    clearTimeout(timer);
    over?.(status, signal.aborted);
    signal.removeEventListener("abort", follow);
    if (reader && !controller.signal.aborted) void drain(reader, controller);
  }

  function setLimit(ms: number): void {
    clearTimeout(timer);
    limit = { ms, what: silent };
    timer = setTimeout(strike, ms);
  }
}

/** An answer that said its last word is read to its end for a moment, so that its connection can serve again. */
async function drain(reader: Reader, controller: AbortController): Promise<void> {
  const timer = setTimeout(() => controller.abort(), 1000);
  try {
    while (!(await reader.read()).done);
  } catch {
    // It ended the other way.
  } finally {
    clearTimeout(timer);
  }
}

type Reader = ReadableStreamDefaultReader<Uint8Array>;

/** As `readUpstream`, for an answer that is read whole. */
export async function readUpstreamText(request: UpstreamRequest, maxBytes: number): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const piece of readUpstream(request)) {
    text += decoder.decode(piece, { stream: true });
    if (text.length > maxBytes) throw new ApiError("upstream_failed", `${request.context.provider} sent too much`);
  }
  return text + decoder.decode();
}

export function brokenStream(provider: string, cause?: unknown): ApiError {
  return new ApiError("upstream_failed", `${provider}'s answer broke off before its end`, { cause });
}

async function connect(request: UpstreamRequest, controller: AbortController): Promise<Response> {
  const { url, method, headers, body, limits } = request;
  const isDirect = request.ips !== undefined || isLoopbackHost(new URL(url).hostname);
  const send = async (to: string | URL = url) => {
    const { address, init } = placeOf(request, new URL(to));
    const cookie = await request.cookies?.(new URL(to));
    return fetch(address, {
      method,
      ...(isDirect && { proxy: false }),
      ...init,
      headers: {
        "accept-encoding": "identity",
        "user-agent": "parley",
        ...(cookie && { cookie }),
        ...headers,
        ...init?.headers,
      },
      body,
      signal: controller.signal,
      // A redirect would carry the key to another host.
      redirect: "manual",
    });
  };
  const check =
    isDirect || !limits.isProxied
      ? setTimeout(() => void checkConnection(request, controller), limits.connectMs)
      : undefined;
  const sentAt = performance.now();
  try {
    const first = await send().catch((thrown: unknown) => {
      // A kept connection that the upstream had already closed fails at once. Nothing was answered, so nothing is asked
      // for twice; one that fails later may have been worked on and billed.
      const isStale = textAt(thrown, "code") === "ECONNRESET" && performance.now() - sentAt < staleMs;
      if (isStale && !controller.signal.aborted) return send();
      throw thrown;
    });
    return request.followsRedirects ? await follow(first, url, send) : first;
  } catch (thrown) {
    throw controller.signal.aborted ? controller.signal.reason : fromConnection(thrown, url, request.context.provider);
  } finally {
    clearTimeout(check);
  }
}

/** Where it is sent: to its address, or under its name to the IP address that was judged. */
function placeOf({ ips }: UpstreamRequest, url: URL): Partial<Pinned> & { address: string } {
  if (!ips) return { address: url.href };
  const [ip] = ips;
  // Without this line a list that is empty would mean that anything goes.
  if (ip === undefined) throw new Error("an address was judged good that has none");
  return toPinned(url, ip);
}

const maxRedirects = 5;

/** On the same host alone: the key goes nowhere else. */
async function follow(first: Response, url: string, send: (address: URL) => Promise<Response>): Promise<Response> {
  let response = first;
  let address = new URL(url);
  for (let count = 0; count < maxRedirects && response.status >= 300 && response.status < 400; count++) {
    const location = response.headers.get("location") ?? "";
    if (!URL.canParse(location, address)) return response;
    const next = new URL(location, address);
    if (next.origin !== address.origin) return response;
    await response.body?.cancel();
    address = next;
    response = await send(address);
  }
  return response;
}

/**
 * fetch does not say whether it has a connection. When no headers came within the connection's time, a second
 * connection tells: if it cannot be made either, there is none; if it can, the upstream is thinking.
 */
async function checkConnection(request: UpstreamRequest, controller: AbortController): Promise<void> {
  const { limits, context } = request;
  const url = new URL(placeOf(request, new URL(request.url)).address);
  const probe = Bun.connect({
    hostname: url.hostname.replace(/^\[|\]$/g, ""),
    port: portOf(url),
    socket: { open: (socket) => void socket.end(), data() {}, error() {} },
  });
  // A refusal is an answer too: fetch will tell it.
  const answered = probe.then(
    () => true,
    () => true,
  );
  if (await within(answered, limits.connectMs)) return;
  controller.abort(tooSlow(context, "could not be connected to", limits.connectMs));
}

/** The beginning of a refusal's body; where it does not come, the status alone says enough. */
async function readStart(response: Response, controller: AbortController): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  const timer = setTimeout(() => controller.abort(), errorBodyMs);
  try {
    for await (const piece of response.body ?? []) {
      text += decoder.decode(piece, { stream: true });
      if (text.length >= maxErrorLength) break;
    }
  } catch {
    // What came of it may tell why all the same.
  }
  clearTimeout(timer);
  return text;
}

const silent = "fell silent";

function tooSlow({ provider }: FailureContext, what: string, ms: number, isHearsay = false): ApiError {
  return new ApiError("upstream_timeout", `${provider} ${what} for ${ms / 1000} s`, { isHearsay });
}
