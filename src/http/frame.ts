import { Elysia } from "elysia";
import { tellFailure } from "../dialects/failures.ts";
import { decodePercent } from "../lib/percent.ts";
import { ApiError, toApiError } from "../protocol/errors.ts";
import type { Access } from "./access.ts";
import type { Clients } from "./client-address.ts";
import { failureResponse } from "./failure.ts";
import { header } from "./headers.ts";
import type { Incoming } from "./incoming.ts";
import type { Origins } from "./origin.ts";
import type { RequestRates } from "./request-rates.ts";
import { safeHeaders, safeHeadersOfTls } from "./safe-headers.ts";
import type { Shedding } from "./shedding.ts";

/** What is asked of every request. */
export interface FrameParts {
  readonly access: Access;
  readonly origins: Origins;
  readonly clients: Pick<Clients, "isSecure">;
  readonly rates: RequestRates;
  readonly shedding: Shedding;
  readonly incoming: Incoming;
}

/** What is true of every request, before it meets a route: its id, its origin, its access, how often it comes, and whether there is room. */
export function frame({ access, origins, clients, rates, shedding, incoming }: FrameParts) {
  return new Elysia({ name: "frame" }).onRequest(({ request, set }) => {
    const id = requestId(request);
    set.headers["x-request-id"] = id;
    Object.assign(set.headers, clients.isSecure(request) ? safeHeadersOfTls : safeHeaders, origins.headers(request));
    try {
      const preflight = origins.preflight(request);
      if (preflight) return preflight;
      const path = decodedPath(request);
      origins.check(request, path);
      access.check(request, path);
      rates.check(request, path, set.headers);
      shedding.check(request, path);
      assertPlain(request);
      incoming.admit(request, access.find(request)?.keyId ?? null);
    } catch (thrown) {
      const failed = toApiError(thrown);
      return failureResponse(failed, set.headers, tellFailure(failed, request, id));
    }
  });
}

/** @throws {ApiError} `unsupported_media_type` for a body that would have to be unpacked before it can be counted */
function assertPlain(request: Request): void {
  const encoding = header(request, "content-encoding");
  if (encoding !== undefined && encoding !== "identity")
    throw new ApiError(
      "unsupported_media_type",
      "compressed bodies are not accepted: send it without Content-Encoding",
    );
}

/** The caller's own id where it is harmless, else a new one. */
function requestId(request: Request): string {
  const given = header(request, "x-request-id");
  return given !== undefined && /^[\w.-]{1,64}$/.test(given) ? given : Bun.randomUUIDv7();
}

/**
 * The path as Elysia's router cuts it out of the address, to the letter (`standardHostname: false`): what is judged must
 * be what is routed, also where there is no host before it.
 */
function decodedPath({ url }: Request): string {
  const start = url.indexOf("/", 7);
  const end = url.indexOf("?", start + 1);
  const path = url.substring(start, end === -1 ? undefined : end);
  // To decode looks at every letter, and few addresses hold anything to decode.
  if (!path.includes("%")) return path;
  const decoded = decodePercent(path);
  if (decoded !== undefined) return decoded;
  throw new ApiError(
    "invalid_request",
    "the address holds a % that begins no character of UTF-8 in hexadecimal digits",
  );
}
