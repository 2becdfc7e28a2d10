import { BoundedMap } from "../lib/bounded-map.ts";
import { digestOf, hexDigestOf } from "../lib/digest.ts";
import { isObject, textAt, tryParseJson } from "../lib/json.ts";
import type { Caller } from "../protocol/caller.ts";
import { SignInError } from "./failure.ts";
import type { Person } from "./issuer.ts";
import { type Claims, claimsOf, isMeant, parseRule } from "./rules.ts";

/** Who may come in of those whom the issuer knows, and as what. */
export interface People {
  /** Of which issuer they are, and as which of its clients. */
  readonly digest: Uint8Array;
  /** Every request of theirs comes through here: what was judged once is looked up. */
  judge(owner: string, kept: string): Caller | undefined;
  /** The claims that decide. */
  readonly wanted: readonly string[];
}

export interface PeopleSettings {
  readonly oidc_issuer: string;
  readonly oidc_client_id: string;
  readonly oidc_allowed: readonly string[];
  readonly oidc_admins: readonly string[];
}

/** Arbitrary: of people who are here on one day. */
const maxJudged = 10_000;
/** Whoever is in thousands of groups would have them all read with every request. */
const maxKeptLength = 32 * 1024;
const maxNameLength = 200;

export function createPeople(settings: PeopleSettings): People {
  const toRules = (texts: readonly string[]) => texts.map(parseRule).filter((rule) => rule !== undefined);
  const allowed = toRules(settings.oidc_allowed);
  const admins = toRules(settings.oidc_admins);
  const judged = new BoundedMap<string, Pick<Caller, "role" | "name"> | null>(maxJudged);

  return {
    digest: digestOf(JSON.stringify([settings.oidc_issuer, settings.oidc_client_id])),
    wanted: claimsOf([...allowed, ...admins]),
    judge(owner, kept) {
      let verdict = judged.get(kept);
      if (verdict === undefined) judged.set(kept, (verdict = judge(kept)));
      return verdict ? { owner, keyId: owner, ...verdict } : undefined;
    },
  };

  function judge(kept: string): Pick<Caller, "role" | "name"> | null {
    const read = tryParseJson(kept);
    const claims = isObject(read) && isObject(read.claims) ? read.claims : {};
    const name = textAt(read, "name") ?? "";
    if (isMeant(admins, claims)) return { role: "admin", name };
    return isMeant(allowed, claims) ? { role: "user", name } : null;
  }
}

/**
 * Whose everything is that a person makes. An issuer's name for somebody is theirs alone at that issuer, whatever becomes of
 * their address; of two issuers, it may be two people's. Nobody chooses it by chance, but an operator may for a key of theirs.
 */
export function ownerOf({ iss, sub }: Person): string {
  return `oidc_${hexDigestOf(JSON.stringify([iss, sub])).slice(0, 32)}`;
}

/** What is kept of a person while they are signed in: what to call them, and what they are judged by. @throws {SignInError} */
export function toKept({ sub, claims }: Person, wanted: readonly string[]): string {
  // One that is found along its dots is kept with what it stands in.
  const tops = new Set(wanted.flatMap((name) => [name, name.split(".")[0] ?? ""]));
  const deciding = [...tops].filter((name) => Object.hasOwn(claims, name)).map((name) => [name, claims[name]]);
  const kept = JSON.stringify({ name: toName(claims, sub), claims: Object.fromEntries(deciding) });
  if (kept.length <= maxKeptLength) return kept;
  throw new SignInError("failed", `the claims that decide are longer than ${maxKeptLength} characters`);
}

function toName(claims: Claims, sub: string): string {
  const names = [claims.email, claims.preferred_username, claims.name, sub];
  const name = names.find((each) => typeof each === "string" && each.trim() !== "");
  return String(name)
    .replace(/[\p{Cc}\p{Cf}\p{Cs}]/gu, "")
    .slice(0, maxNameLength);
}
