import type { Pressure, Shortage } from "../lib/pressure.ts";
import { ApiError } from "../protocol/errors.ts";
import { header } from "./headers.ts";

/** What is refused while the server is overloaded, before anything is made of it. */
export interface Shedding {
  /** At the head of each request. @throws {ApiError} `overloaded` */
  check(request: Request, path: string): void;
  /** For whatever else begins new work: a run that is asked for over a socket. @throws {ApiError} `overloaded` */
  assertRoom(): void;
  /** For whoever only wants to know: nothing is counted. @throws {ApiError} `overloaded` */
  assertReady(): void;
  /** How often each shortage was the reason, since the start. */
  readonly shed: Readonly<Record<Shortage, number>>;
}

/** A body up to so many bytes is read at any time but the last: it is less than what is said about it. Arbitrary. */
const smallBytes = 64 * 1024;

/** What starts runs, or work of the same kind, though it brings few bytes. */
const begins = /^\/(backend-api\/v2\/(conversation|transcribe)|v1(beta)?\/.*|api\/.*|mcp)\/?$/;
/** Of those, what is asked for by GET. */
const beginsByGet = /^\/backend-api\/v2\/(create|synthesize\/[^/]+)\/?$/;

/** What is answered to the last: whether the server is there, and what leads to an end of what runs. */
const kept =
  /^\/(healthz|readyz|metrics|backend-api\/v2\/version|(backend-api\/v2\/runs|v1\/responses)(\/[^/]+(\/(events|cancel|trace))?)?)\/?$/;

export function createShedding(pressure: Pressure): Shedding {
  const shed: Record<Shortage, number> = { memory: 0, time: 0, descriptors: 0 };

  return {
    check(request, path) {
      // Most requests bring nothing and begin nothing: for them the last look will do.
      const isWork = isNewWork(request, path);
      const level = isWork ? pressure.look() : pressure.level;
      if (level === 0 || (level === 1 && !isWork) || isKept(request, path)) return;
      throw refuse();
    },
    assertRoom() {
      if (pressure.look() > 0) throw refuse();
    },
    assertReady() {
      if (pressure.shortage) throw overloaded(pressure.shortage);
    },
    shed,
  };

  function refuse(): ApiError {
    const shortage = pressure.shortage ?? "memory";
    shed[shortage]++;
    return overloaded(shortage);
  }
}

function overloaded(shortage: Shortage): ApiError {
  const { words, retryAfterMs } = told[shortage];
  return new ApiError("overloaded", `the server is overloaded, ${words}: try again in a moment`, { retryAfterMs });
}

const told: Readonly<Record<Shortage, { readonly words: string; readonly retryAfterMs: number }>> = {
  memory: { words: "its memory is nearly full", retryAfterMs: 5000 },
  time: { words: "it answers late", retryAfterMs: 2000 },
  // Connections that say nothing are closed by then.
  descriptors: { words: "it has too many connections", retryAfterMs: 12_000 },
};

function isNewWork(request: Request, path: string): boolean {
  const { method } = request;
  if (method === "GET" || method === "HEAD") return beginsByGet.test(path);
  if (method === "DELETE" || /\/cancel\/?$/.test(path)) return false;
  return begins.test(path) || !isSmall(request);
}

/** The same paths by POST begin something, but for what cancels. */
function isKept({ method }: Request, path: string): boolean {
  return kept.test(path) && (method !== "POST" || /\/cancel\/?$/.test(path));
}

/** A body of unknown length is none; nor is a form, whose files are converted. */
function isSmall(request: Request): boolean {
  if (/^multipart\//i.test(header(request, "content-type") ?? "")) return false;
  const length = header(request, "content-length");
  return length === undefined ? !request.headers.has("transfer-encoding") : Number(length) <= smallBytes;
}
