import { timingSafeEqual } from "node:crypto";
import type { Clock } from "../lib/clock.ts";
import { digestOf } from "../lib/digest.ts";
import { type Caller, localCaller } from "../protocol/caller.ts";
import { bearerProtocol } from "../protocol/channel.ts";
import { ApiError } from "../protocol/errors.ts";
import type { AccessKeyRow, AccessKeyTable } from "../store/access-keys.ts";
import { header, offeredProtocols } from "./headers.ts";
import { readSessionCookie } from "./session-cookie.ts";
import type { Sessions } from "./sessions.ts";
import type { Strangers } from "./strangers.ts";
import { readTraceparent } from "./traceparent.ts";

/** What anybody may ask: compared with the decoded path as a whole, so that nothing near it passes. */
const openPaths = new Set(["/", "/docs", "/healthz", "/backend-api/v2/version", "/backend-api/v2/session"]);
/** What pages load, which is the same in every installation: one folder of the build, without any below it. */
const pageFile = /^\/assets\/[\w-]+\.(js|css|svg)$/;

export function isOpenPath(path: string): boolean {
  return openPaths.has(path) || pageFile.test(path);
}

/** Where `x-api-key` is the caller's key for a provider, not for us. */
const providerKeyPath = /^\/backend-api\/v2\/(models|quota)\/[^/]+$/;

/** Where Google's clients send the caller's key in a header of their own, and what is written by hand in the address. */
const googlePath = /^\/v1(beta)?\/models(\/|$)/;

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
  /** Whose a key is, and its digest; `undefined` where it is none. */
  judge(key: string): KnownKey | undefined;
  /** Whether a key is needed: one is set, or was ever made. */
  readonly isClosed: boolean;
  readonly hasUsableKey: boolean;
}

export interface AccessParts {
  /** The setting's: an admin's, whose owner is the same as without any key. */
  readonly accessKey: string;
  /** Those that were made; another process may make and revoke them at any time. */
  readonly keys: AccessKeyTable;
  readonly sessions: Sessions;
  readonly strangers: Strangers;
  readonly clock: Clock;
}

/** Closed by default: once there is a key, every path needs one but the open ones, and what is published. */
export function createAccess({ accessKey, keys, sessions, strangers, clock }: AccessParts): Access {
  const expected = accessKey === "" ? undefined : digestOf(accessKey);
  const known = new WeakMap<Request, Known>();
  const isClosed = () => expected !== undefined || keys.hasAny();

  return {
    check(request, path) {
      const found = isClosed() ? identify(givenBy(request, path)) : { caller: localCaller, given: nothing };
      if (found) known.set(request, withParent(found, request));
      else if (!isOpenPath(path) && !strangers.mayAsk(request, path)) throw denied();
    },
    caller: (request) => get(request).caller,
    find: (request) => known.get(request)?.caller,
    admin(request) {
      const { caller } = get(request);
      if (caller.role === "admin") return caller;
      throw new ApiError("admin_only", "this takes a key whose role is admin: parley keys create --role admin");
    },
    isStillKnown: (request) => !isClosed() || identify(get(request).given) !== undefined,
    judge: (key) => findKey(digestOf(key)),
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

  /** Everything that a caller sends in place of a name comes through here. */
  function identify(given: Given): Known | undefined {
    for (const digest of given.digests) {
      const found = findKey(digest);
      if (found) return { caller: found.caller, given };
    }
    const caller = given.session === undefined ? undefined : findSession(given.session);
    return caller && { caller, given };
  }

  function findKey(digest: Uint8Array): KnownKey | undefined {
    if (expected && timingSafeEqual(digest, expected)) return { caller: settingsCaller, digest };
    const row = keys.findUsable(digest, clock());
    return row && { caller: toCaller(row), digest };
  }

  /** As if the key had come that it was begun with. */
  function findSession(token: string): Caller | undefined {
    const session = sessions.find(token);
    if (!session) return undefined;
    if (session.keyId === settingsCaller.keyId) return expected && session.isOf(expected) ? settingsCaller : undefined;
    const row = keys.findUsableById(session.keyId, clock());
    return row && session.isOf(row.digest) ? toCaller(row) : undefined;
  }
}

/** Who sends the setting's key. */
const settingsCaller = { ...localCaller, keyId: "access_key" };

/** What a request was sent with. */
interface Given {
  readonly digests: readonly Uint8Array[];
  readonly session: string | undefined;
}

const nothing: Given = { digests: [], session: undefined };

/** Who sent a request, and with what. */
interface Known {
  readonly caller: Caller;
  readonly given: Given;
}

function withParent(found: Known, request: Request): Known {
  const parent = readTraceparent(request);
  return parent ? { ...found, caller: { ...found.caller, parent } } : found;
}

export interface KnownKey {
  readonly caller: Caller;
  readonly digest: Uint8Array;
}

function toCaller({ id, owner, role, tokens_per_day, cost_per_day }: AccessKeyRow): Caller {
  return { owner, role, keyId: id, limits: { tokensPerDay: tokens_per_day, costPerDay: cost_per_day } };
}

function denied(): ApiError {
  return new ApiError("access_denied", "this server needs an access key: send it as Authorization: Bearer …");
}

/** A key that is wrong does not become right by a session beside it. */
function givenBy(request: Request, path: string): Given {
  const keys = givenKeys(request, path);
  return keys.length > 0
    ? { digests: keys.map(digestOf), session: undefined }
    : { digests: [], session: readSessionCookie(request) };
}

function givenKeys(request: Request, path: string): string[] {
  const bearer = /^Bearer +(.+)$/i.exec(header(request, "authorization") ?? "")?.[1];
  if (bearer !== undefined) return [bearer];
  const key = providerKeyPath.test(path) ? undefined : header(request, "x-api-key");
  if (key !== undefined) return [key];
  if (googlePath.test(path)) return googleKeys(request);
  return path === channelPath ? protocolKeys(request) : [];
}

function googleKeys(request: Request): string[] {
  const key = header(request, "x-goog-api-key") ?? new URL(request.url, "http://localhost").searchParams.get("key");
  return key === null ? [] : [key];
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
