import { timingSafeEqual } from "node:crypto";
import { bearerProtocol } from "../protocol/channel.ts";
import { ApiError } from "../protocol/errors.ts";
import { header, offeredProtocols } from "./headers.ts";

/** What anybody may ask: compared with the decoded path as a whole, so that nothing near it passes. */
const openPaths = new Set(["/", "/page.js", "/page.css", "/favicon.svg", "/healthz", "/backend-api/v2/version"]);

/** Where `x-api-key` is the caller's key for a provider, not for us. */
const providerKeyPath = /^\/backend-api\/v2\/(models|quota)\/[^/]+$/;

/** Where a browser, which can set no header on a WebSocket, brings the key as a subprotocol. */
const channelPath = "/backend-api/v2/channel";

/** Whose everything is while no access key is set. */
export const localOwner = "local";

export interface Access {
  /** @throws {ApiError} `access_denied` */
  check(request: Request, path: string): void;
}

/** Closed by default: with a key set, every path but the open ones needs it. */
export function createAccess(accessKey: string): Access {
  const expected = accessKey === "" ? undefined : digest(accessKey);
  return {
    check(request, path) {
      if (expected === undefined || openPaths.has(path)) return;
      if (givenKeys(request, path).some((given) => timingSafeEqual(digest(given), expected))) return;
      throw new ApiError("access_denied", "this server needs its access key: send it as Authorization: Bearer …");
    },
  };
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
