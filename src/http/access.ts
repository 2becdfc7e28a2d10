import { timingSafeEqual } from "node:crypto";
import { type Caller, localCaller } from "../protocol/caller.ts";
import { bearerProtocol } from "../protocol/channel.ts";
import { ApiError } from "../protocol/errors.ts";
import { header, offeredProtocols } from "./headers.ts";

/** What anybody may ask: compared with the decoded path as a whole, so that nothing near it passes. */
const openPaths = new Set(["/", "/page.js", "/page.css", "/favicon.svg", "/healthz", "/backend-api/v2/version"]);

/** Where `x-api-key` is the caller's key for a provider, not for us. */
const providerKeyPath = /^\/backend-api\/v2\/(models|quota)\/[^/]+$/;

/** Where a browser, which can set no header on a WebSocket, brings the key as a subprotocol. */
const channelPath = "/backend-api/v2/channel";

export interface Access {
  /** Once for each request, before anything else is made of it. @throws {ApiError} `access_denied` */
  check(request: Request, path: string): void;
  /** Who asks, once that is checked. @throws {ApiError} `access_denied` where a path is open and the caller unknown */
  caller(request: Request): Caller;
}

/** Closed by default: with a key set, every path but the open ones needs it. */
export function createAccess(accessKey: string): Access {
  const expected = accessKey === "" ? undefined : digest(accessKey);
  const callers = new WeakMap<Request, Caller>();
  return {
    check(request, path) {
      const caller = find(request, path);
      if (caller) callers.set(request, caller);
      else if (!openPaths.has(path)) throw denied();
    },
    caller(request) {
      const caller = callers.get(request);
      if (!caller) throw denied();
      return caller;
    },
  };

  function find(request: Request, path: string): Caller | undefined {
    if (expected === undefined) return localCaller;
    const isKnown = givenKeys(request, path).some((given) => timingSafeEqual(digest(given), expected));
    return isKnown ? { ...localCaller, keyId: "access_key" } : undefined;
  }
}

function denied(): ApiError {
  return new ApiError("access_denied", "this server needs its access key: send it as Authorization: Bearer …");
}

function givenKeys(request: Request, path: string): string[] {
  const bearer = /^Bearer +(.+)$/i.exec(header(request, "authorization") ?? "")?.[1];
  if (bearer !== undefined) return [bearer];
  const key = providerKeyPath.test(path) ? undefined : header(request, "x-api-key");
  if (key !== undefined) return [key];
  return path === channelPath ? protocolKeys(request) : [];
}

/** As it is, or percent-encoded: a subprotocol can hold few characters beside letters and digits. */
function protocolKeys(request: Request): string[] {
  const offered = offeredProtocols(request).find((each) => each.startsWith(bearerProtocol));
  if (offered === undefined) return [];
  const key = offered.slice(bearerProtocol.length);
  try {
    return [key, decodeURIComponent(key)];
  } catch {
    return [key];
  }
}

function digest(text: string): Uint8Array {
  return new Bun.CryptoHasher("sha256").update(text).digest();
}
