import { BoundedMap } from "./lib/bounded-map.ts";
import { isObject, textAt, tryParseJson } from "./lib/json.ts";
import type { Config } from "./config/load.ts";
import type { Clock } from "./lib/clock.ts";
import { SignInError } from "./oidc/failure.ts";
import { type Attempt, createIssuer, type Issuer } from "./oidc/issuer.ts";
import { createPeople, ownerOf, type People, toKept } from "./oidc/people.ts";
import type { Caller } from "./protocol/caller.ts";
import type { Secrets } from "./store/secrets.ts";

/** Signing in by the issuer of the settings. */
export interface Oidc {
  /** What the page calls it. */
  readonly name: string;
  readonly people: People;
  readonly look: Issuer["look"];
  /** Where a browser goes, and what it keeps meanwhile, sealed. @throws {SignInError} */
  begin(redirectUri: string, returnTo: string): Promise<{ readonly url: string; readonly kept: string }>;
  /** Who came back with the query of an address, and what their browser had kept. @throws {SignInError} */
  finish(query: string, kept: string): Promise<Guest>;
}

/** Somebody who may come in. */
export interface Guest {
  readonly caller: Caller;
  readonly claims: string;
  readonly endsAt: number;
  /** Where in the page they were. */
  readonly returnTo: string;
}

/** How long somebody may take at their issuer, in milliseconds. */
export const attemptMs = 10 * 60_000;
/** Of those who came back; who lets more be forgotten still needs a code that the issuer takes a second time. */
const maxSpent = 10_000;
/** Somebody waits for it, before an empty page. */
const patienceSeconds = 10;
const hourMs = 3_600_000;
/** Where what is sealed lies. */
const place = "sign-in";

/** `undefined` where no issuer is set. */
export function openOidc(config: Config, secrets: Secrets, clock: Clock): Oidc | undefined {
  if (config.oidc_issuer === "") return undefined;
  const people = createPeople(config);
  const issuer = createIssuer({
    address: config.oidc_issuer,
    clientId: config.oidc_client_id,
    clientSecret: config.oidc_client_secret,
    scopes: config.oidc_scopes,
    wanted: people.wanted,
    patienceSeconds,
  });
  const spent = new BoundedMap<string, true>(maxSpent);

  return {
    name: config.oidc_name || new URL(config.oidc_issuer).hostname,
    people,
    look: issuer.look,

    async begin(redirectUri, returnTo) {
      const { url, attempt } = await issuer.begin(redirectUri);
      const sealed = await secrets.seal(place, JSON.stringify({ ...attempt, returnTo, begunAt: clock() }));
      return { url, kept: sealed.toString("base64url") };
    },

    async finish(query, kept) {
      const { begunAt, returnTo, ...attempt } = await open(kept);
      const now = clock();
      if (now < begunAt || now - begunAt > attemptMs) throw new SignInError("expired", "it took too long");
      if (!isAnswerTo(query, attempt)) throw new SignInError("expired", "the answer is to another question");
      if (spent.has(attempt.state)) throw new SignInError("expired", "it was answered before");
      spent.set(attempt.state, true);
      const person = await issuer.finish(query, attempt);
      const owner = ownerOf(person);
      const claims = toKept(person, people.wanted);
      const caller = people.judge(owner, claims);
      if (!caller) throw new SignInError("not_allowed", `${owner} is in none of oidc_allowed`);
      return { caller, claims, returnTo, endsAt: now + config.oidc_session_hours * hourMs };
    },
  };

  async function open(kept: string): Promise<Attempt & { readonly begunAt: number; readonly returnTo: string }> {
    const plain = await secrets.open(place, Buffer.from(kept, "base64url"));
    const read = plain && tryParseJson(plain.toString());
    if (!isObject(read)) throw new SignInError("expired", "this browser did not begin it");
    const text = (name: string) => textAt(read, name) ?? "";
    return {
      redirectUri: text("redirectUri"),
      state: text("state"),
      nonce: text("nonce"),
      verifier: text("verifier"),
      returnTo: text("returnTo"),
      begunAt: Number(read.begunAt),
    };
  }
}

/** The library looks as well; but what is none is not to cost a place there. */
function isAnswerTo(query: string, { state }: Attempt): boolean {
  const states = new URLSearchParams(query).getAll("state");
  return states.length === 1 && states[0] === state;
}
