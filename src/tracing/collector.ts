import { codeOf } from "../lib/error-code.ts";
import { isLoopbackHost } from "../lib/loopback.ts";

/** Where traces go. The address is the operator's: it is trusted. */
export interface Collector {
  /** `http://127.0.0.1:4318/v1/traces` */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly protocol: "http/protobuf" | "http/json";
}

/** What a collector says to what it is sent. */
export interface Answer {
  readonly status: number;
  /** How long it wants to be left alone. */
  readonly retryAfterMs: number | undefined;
}

const types = { "http/protobuf": "application/x-protobuf", "http/json": "application/json" } as const;

/**
 * Sends what was written as the collector's protocol says. Of its answer the head is read alone: what may follow is of no
 * use, and could be without end. It leads nowhere else: the headers are for it.
 */
export async function post(
  { url, headers, protocol }: Collector,
  body: Uint8Array<ArrayBuffer>,
  signal: AbortSignal,
): Promise<Answer> {
  const response = await fetch(url, {
    method: "POST",
    headers: { "user-agent": "parley", ...headers, "content-type": types[protocol] },
    body,
    redirect: "manual",
    ...(isLoopbackHost(new URL(url).hostname) && { proxy: false }),
    signal,
  });
  // Else its connection, and what it sends, would wait for somebody to read it.
  response.body?.cancel().catch(() => {});
  return { status: response.status, retryAfterMs: readRetryAfter(response.headers.get("retry-after")) };
}

export function isTaken({ status }: Answer): boolean {
  return status >= 200 && status < 300;
}

/** https://opentelemetry.io/docs/specs/otlp/#retryable-response-codes */
export function isToBeRepeated({ status }: Answer): boolean {
  return [429, 502, 503, 504].includes(status);
}

/** In seconds; a date is not worth reading: we wait no longer than some seconds in any case. */
function readRetryAfter(given: string | null): number | undefined {
  return given !== null && /^\d{1,6}$/.test(given) ? Number(given) * 1000 : undefined;
}

/** Why nothing came of it, without what others say: that may hold a key. */
export function toReason(thrown: unknown): string {
  if (!(thrown instanceof Error)) return "it failed";
  if (thrown.name === "TimeoutError") return "it does not answer in time";
  if (thrown.name === "AbortError") return "the server stops";
  return codeOf(thrown) || thrown.message;
}
