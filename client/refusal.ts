import type { Failure } from "../src/protocol/resources.ts";
import { ParleyError, type ParleyErrorCode } from "./errors.ts";

/** What the statuses of those say who stand before a server and do not speak its language. */
const strangers: Readonly<Record<number, ParleyErrorCode>> = {
  413: "body_too_large",
  429: "rate_limited",
};

/** A refusal with its body, as the server worded it; of a proxy before it, what its status says. */
export function refusalFrom({ status, headers }: Pick<Response, "status" | "headers">, body: unknown): ParleyError {
  const { code, message } = readFailure(body) ?? {
    // The server words its own failures: a status like that is of a proxy that does not reach it (502, 504, 521, …).
    code: strangers[status] ?? (status >= 500 ? "connection_failed" : "unexpected_answer"),
    message: `something before the server, or no Parley server, answered with status ${status}`,
  };
  return new ParleyError(code, message, {
    status,
    requestId: headers.get("x-request-id") ?? undefined,
    retryAfterMs: readRetryAfter(headers.get("retry-after")),
  });
}

/** The body of a refusal; `undefined` for anything else. */
export function readFailure(body: unknown): Failure["error"] | undefined {
  const failure = typeof body === "string" ? tryParse(body) : body;
  const { code, message } = (failure as Partial<Failure> | null | undefined)?.error ?? {};
  // A code that a newer server has is passed on as it is.
  return typeof code === "string" && typeof message === "string" ? { code, message } : undefined;
}

/** Seconds, or a date (RFC 9110 §10.2.3). */
function readRetryAfter(text: string | null): number | undefined {
  if (text === null || text === "") return undefined;
  const ms = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - Date.now();
  return Number.isNaN(ms) ? undefined : Math.max(0, ms);
}

function tryParse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
