import { timingSafeEqual } from "node:crypto";
import { ApiError } from "../protocol/errors.ts";
import { header } from "./headers.ts";

/** What anybody may ask: compared with the decoded path as a whole, so that nothing near it passes. */
const openPaths = new Set(["/", "/page.js", "/page.css", "/favicon.svg", "/healthz", "/backend-api/v2/version"]);

/** Where `x-api-key` is the caller's key for a provider, not for us. */
const providerKeyPath = /^\/backend-api\/v2\/models\/[^/]+$/;

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
      const given = givenKey(request, path);
      if (given !== undefined && timingSafeEqual(digest(given), expected)) return;
      throw new ApiError("access_denied", "this server needs its access key: send it as Authorization: Bearer …");
    },
  };
}

function givenKey(request: Request, path: string): string | undefined {
  const bearer = /^Bearer +(.+)$/i.exec(header(request, "authorization") ?? "")?.[1];
  return bearer ?? (providerKeyPath.test(path) ? undefined : header(request, "x-api-key"));
}

function digest(text: string): Uint8Array {
  return new Bun.CryptoHasher("sha256").update(text).digest();
}
