import { timingSafeEqual } from "node:crypto";
import type { Clock } from "../lib/clock.ts";
import { digestOf } from "../lib/digest.ts";
import { type Caller, localCaller } from "../protocol/caller.ts";
import { bearerProtocol } from "../protocol/channel.ts";
import { ApiError } from "../protocol/errors.ts";
import type { AccessKeyRow, AccessKeyTable } from "../store/access-keys.ts";
import { header, offeredProtocols } from "./headers.ts";
import type { Strangers } from "./strangers.ts";

/** What anybody may ask: compared with the decoded path as a whole, so that nothing near it passes. */
const openPaths = new Set(["/", "/docs", "/healthz", "/backend-api/v2/version"]);
/** What pages load, which is the same in every installation: one folder of the build, without any below it. */
const pageFile = /^\/assets\/[\w-]+\.(js|css|svg)$/;

export function isOpenPath(path: string): boolean {
  return openPaths.has(path) || pageFile.test(path);
}

/** Where `x-api-key` is the caller's key for a provider, not for us. */
const providerKeyPath = /^\/backend-api\/v2\/(models|quota)\/[^/]+$/;

/** Where a browser, which can set no header on a WebSocket, brings the key as a subprotocol. */
const channelPath = "/backend-api/v2/channel";

export interface Access {
  /** Once for each request, before anything else is made of it. @throws {ApiError} `access_denied` */
  check(request: Request, path: string): void;
  /** Who asks, once that is checked. @throws {ApiError} `access_denied` where a path is open and the caller unknown */
  caller(request: Request): Caller;
  /** The same, where a stranger may ask too. */
  find(request: Request): Caller | undefined;
  /** The same, for what concerns everybody. @throws {ApiError} `access_denied`, `admin_only` */
  admin(request: Request): Caller;
  /** Where a request lives on: keys are revoked and expire meanwhile. */
  isStillKnown(request: Request): boolean;
  /** Whether a key is needed: one is set, or was ever made. */
  readonly isClosed: boolean;
  readonly hasUsableKey: boolean;
}

export interface AccessParts {
  /** The setting's: an admin's, whose owner is the same as without any key. */
  readonly accessKey: string;
  /** Those that were made; another process may make and revoke them at any time. */
  readonly keys: AccessKeyTable;
  readonly strangers: Strangers;
  readonly clock: Clock;
}

/** Closed by default: once there is a key, every path needs one but the open ones, and what is published. */
export function createAccess({ accessKey, keys, strangers, clock }: AccessParts): Access {
  const expected = accessKey === "" ? undefined : digestOf(accessKey);
  const known = new WeakMap<Request, Known>();
  const isClosed = () => expected !== undefined || keys.hasAny();

  return {
    check(request, path) {
      const found = identify(givenKeys(request, path).map(digestOf));
      if (found) known.set(request, found);
      else if (!isOpenPath(path) && !strangers.mayAsk(request, path)) throw denied();
    },
    caller: (request) => get(request).caller,
    find: (request) => known.get(request)?.caller,
    admin(request) {
      const { caller } = get(request);
      if (caller.role === "admin") return caller;
      throw new ApiError("admin_only", "this takes a key whose role is admin: parley keys create --role admin");
    },
    isStillKnown: (request) => identify(get(request).digests) !== undefined,
    get isClosed() {
      return isClosed();
    },
    get hasUsableKey() {
      return expected !== undefined || keys.hasUsable(clock());
    },
  };

  /** @throws {ApiError} `access_denied` */
  function get(request: Request): Known {
    const found = known.get(request);
    if (!found) throw denied();
    return found;
  }

  /** Everything that a caller sends as a key comes through here. */
  function identify(digests: readonly Uint8Array[]): Known | undefined {
    if (!isClosed()) return { caller: localCaller, digests: [] };
    for (const given of digests) {
      if (expected && timingSafeEqual(given, expected))
        return { caller: { ...localCaller, keyId: "access_key" }, digests: [given] };
      const row = keys.findUsable(given, clock());
      if (row) return { caller: toCaller(row), digests: [given] };
    }
    return undefined;
  }
}

/** Who sent a request, and with what. */
interface Known {
  readonly caller: Caller;
  readonly digests: readonly Uint8Array[];
}

function toCaller({ id, owner, role, tokens_per_day, cost_per_day }: AccessKeyRow): Caller {
  return { owner, role, keyId: id, limits: { tokensPerDay: tokens_per_day, costPerDay: cost_per_day } };
}

function denied(): ApiError {
  return new ApiError("access_denied", "this server needs an access key: send it as Authorization: Bearer …");
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
