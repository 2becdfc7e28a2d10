import { timingSafeEqual } from "node:crypto";
import type { Clock } from "../lib/clock.ts";
import { digestOf } from "../lib/digest.ts";
import { type Caller, localCaller } from "../protocol/caller.ts";
import { ApiError } from "../protocol/errors.ts";
import type { AccessKeyRow, AccessKeyTable } from "../store/access-keys.ts";
import { givenKeys } from "./given-keys.ts";
import type { Guesses } from "./guesses.ts";
import { isOpenPath } from "./open-paths.ts";
import type { SessionCookie } from "./session-cookie.ts";
import type { Sessions } from "./sessions.ts";
import type { Setup } from "./setup.ts";
import type { Strangers } from "./strangers.ts";
import { readTraceparent } from "./traceparent.ts";

export interface Access {
  /** Once for each request, before anything else is made of it. @throws {ApiError} `access_denied`, `rate_limited` */
  check(request: Request, path: string): void;
  /** Who asks, once that is checked. @throws {ApiError} `access_denied` where a path is open and the caller unknown */
  caller(request: Request): Caller;
  /** The same, where a stranger may ask too. */
  find(request: Request): Caller | undefined;
  /** The same, for what concerns everybody. @throws {ApiError} `access_denied`, `admin_only` */
  admin(request: Request): Caller;
  /** Where a request lives on: keys are revoked, expire and are given other limits meanwhile; `undefined` for who may not stay. */
  again(request: Request): Caller | undefined;
  /** Whose a key is that somebody typed, and its digest. @throws {ApiError} `access_denied`, `rate_limited` */
  judge(request: Request, key: string): KnownKey;
  /** Whether one must say who one is: a key is set, was ever made, or is about to be, or people sign in by an issuer. */
  readonly isClosed: boolean;
  /** Whether anybody could come in. */
  readonly hasUsableKey: boolean;
}

export interface AccessParts {
  /** The setting's: an admin's, whose owner is the same as without any key. */
  readonly accessKey: string;
  /** Those that were made; another process may make and revoke them at any time. */
  readonly keys: AccessKeyTable;
  readonly sessions: Sessions;
  readonly cookie: SessionCookie;
  readonly guesses: Guesses;
  readonly setup: Setup;
  readonly strangers: Strangers;
  /** Those who sign in by an issuer, where one is set up. */
  readonly people?: People | undefined;
  readonly clock: Clock;
}

/** Who may come in without a key. */
export interface People {
  /** Of which issuer they are: sessions that another one's people have begun are over. */
  readonly digest: Uint8Array;
  /** By what their issuer said of them, and what the settings say now; `undefined` where they may not come in. */
  judge(owner: string, claims: string): Caller | undefined;
}

/** Closed by default: once there is a key, every path needs one but the open ones, and what is published. */
export function createAccess(parts: AccessParts): Access {
  const { accessKey, keys, sessions, cookie, guesses, setup, strangers, people, clock } = parts;
  const expected = accessKey === "" ? undefined : digestOf(accessKey);
  const known = new WeakMap<Request, Known>();
  const isClosed = () => expected !== undefined || people !== undefined || keys.hasAny() || setup.isPending;

  return {
    check(request, path) {
      if (!isClosed()) return void known.set(request, withParent({ caller: localCaller, given: nothing }, request));
      const given = givenBy(request, path);
      const [digest] = given.digests;
      const found = identify(given, request);
      if (found) return void known.set(request, withParent(found, request));
      const wrongs = digest && guesses.countWrong(request, digest);
      if (isOpenPath(path)) return;
      setup.assertOver();
      if (strangers.mayAsk(request, path)) return;
      if (!wrongs) throw denied();
      wrongs.assertFew("sent");
      throw unknownKey();
    },
    caller: (request) => get(request).caller,
    find: (request) => known.get(request)?.caller,
    admin(request) {
      const { caller } = get(request);
      if (caller.role === "admin") return caller;
      throw new ApiError("admin_only", "this takes a key whose role is admin: parley keys create --role admin");
    },
    again(request) {
      const { caller, given } = get(request);
      if (!isClosed()) return caller;
      const found = identify(given);
      return found && withParent(found, request).caller;
    },
    judge(request, key) {
      const digest = digestOf(key);
      const found = findKey(digest, request);
      if (found) return found;
      guesses.countWrong(request, digest).assertFew("typed");
      throw unknownKey();
    },
    get isClosed() {
      return isClosed();
    },
    get hasUsableKey() {
      return expected !== undefined || people !== undefined || keys.hasUsable(clock());
    },
  };

  /** A key that is wrong does not become right by a session beside it. */
  function givenBy(request: Request, path: string): Given {
    const given = givenKeys(request, path);
    return given.length > 0
      ? { digests: given.map(digestOf), session: undefined }
      : { digests: [], session: cookie.read(request) };
  }

  /** @throws {ApiError} `access_denied` */
  function get(request: Request): Known {
    const found = known.get(request);
    if (!found) throw denied();
    return found;
  }

  /** Everything that a caller sends in place of a name comes through here. @param request where it is a first time */
  function identify(given: Given, request?: Request): Known | undefined {
    for (const digest of given.digests) {
      const found = findKey(digest, request);
      if (found) return { caller: found.caller, given };
    }
    const caller = given.session === undefined ? undefined : findSession(given.session);
    return caller && { caller, given };
  }

  function findKey(digest: Uint8Array, request: Request | undefined): KnownKey | undefined {
    if (expected && timingSafeEqual(digest, expected)) {
      // Of all keys this one alone may be short enough to be found by trying.
      const isHeld = accessKey.length < guessableLength && request !== undefined && guesses.isGuessing(request);
      return isHeld ? undefined : { caller: settingsCaller, digest };
    }
    const row = keys.findUsable(digest, clock());
    return row && { caller: toCaller(row), digest };
  }

  /** As if the key had come that it was begun with, or the person were judged anew. */
  function findSession(token: string): Caller | undefined {
    const session = sessions.find(token);
    if (!session) return undefined;
    if (session.claims !== null)
      return people && session.isOf(people.digest) ? people.judge(session.keyId, session.claims) : undefined;
    if (session.keyId === settingsCaller.keyId) return expected && session.isOf(expected) ? settingsCaller : undefined;
    const row = keys.findUsableById(session.keyId, clock());
    return row && session.isOf(row.digest) ? toCaller(row) : undefined;
  }
}

/** Below it, `parley serve` warns of a setting's key, too. */
const guessableLength = 16;

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

function toCaller({ id, owner, role, ...row }: AccessKeyRow): Caller {
  const limits = {
    tokensPerDay: row.tokens_per_day,
    costPerDay: row.cost_per_day,
    requestsPerMinute: row.requests_per_minute,
    runsPerMinute: row.runs_per_minute,
    maxRuns: row.max_runs,
  };
  return { owner, role, keyId: id, limits };
}

function denied(): ApiError {
  return new ApiError("access_denied", "this server needs an access key: send it as Authorization: Bearer …");
}

/** To whoever sent a key, lest they look for why it did not arrive. */
function unknownKey(): ApiError {
  return new ApiError("access_denied", "this is no key of this server, or one that was revoked or has expired");
}
