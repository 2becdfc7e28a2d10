import type * as OpenIdClient from "openid-client";
import type { ClientAuth, Configuration, ServerMetadata } from "openid-client";
import { toSeconds } from "../lib/clock.ts";
import { lazily } from "../lib/lazily.ts";
import { isLoopbackHost } from "../lib/loopback.ts";
import { createSemaphore } from "../lib/semaphore.ts";
import { SignInError, toSignInError } from "./failure.ts";
import { issuerFetch } from "./issuer-fetch.ts";
import { type Claims, findClaim } from "./rules.ts";

/** Whom people sign in with, by OpenID Connect's authorization code flow (OpenID Connect Core 1.0 §3.1) with PKCE (RFC 7636). */
export interface Issuer {
  /** Where a browser is to go, and what is to be kept until it comes back. @throws {SignInError} */
  begin(redirectUri: string): Promise<{ readonly url: string; readonly attempt: Attempt }>;
  /**
   * Who came back. Where one of the wanted claims is not in the ID token, the issuer is asked for it.
   * @throws {SignInError}
   */
  finish(query: string, attempt: Attempt): Promise<Person>;
  /** Whether it can be asked, and is whom it is said to be. @throws {SignInError} */
  look(): Promise<void>;
}

/** What binds an answer to the question: only the browser that began has it, and nobody can read it there. */
export interface Attempt {
  readonly redirectUri: string;
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
}

export interface Person {
  /** The issuer and its name for the person, which stays the same, and is nobody else's. */
  readonly iss: string;
  readonly sub: string;
  readonly claims: Claims;
}

export interface IssuerSettings {
  readonly address: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly scopes: string;
  readonly wanted: readonly string[];
  /** Longest wait for one answer. */
  readonly patienceSeconds: number;
}

/** What it says of itself is read again after so many milliseconds. */
const keptMs = 10 * 60_000;
/**
 * Requests of the whole process share 256 places: an issuer that does not answer must not take those of models. Whoever
 * waits longer than this for a turn is told to come back.
 */
const mostAtOnce = 16;
const mostWaiting = 100;
const turnMs = 5000;
/** The library looks for a key that it does not know only where its list is as old as this, in seconds. */
const refetchSeconds = 60;

export function createIssuer(settings: IssuerSettings): Issuer {
  const { address, clientId, clientSecret, scopes, wanted, patienceSeconds } = settings;
  const load = lazily(() => import("openid-client"));
  const turns = createSemaphore(mostAtOnce, mostWaiting);
  const isHere = isLoopbackHost(new URL(address).hostname);
  let found: { readonly metadata: Promise<ServerMetadata>; readonly at: number } | undefined;
  let keys: OpenIdClient.ExportedJWKSCache | undefined;
  /** How we say who we are, and which of these it takes. */
  let ways: readonly ClientAuth[] = [];
  let way = 0;

  return {
    begin: (redirectUri) =>
      guarded(async (openid) => {
        const verifier = openid.randomPKCECodeVerifier();
        const attempt = { redirectUri, state: openid.randomState(), nonce: openid.randomNonce(), verifier };
        const url = openid.buildAuthorizationUrl(toConfiguration(openid, await findMetadata(openid)), {
          redirect_uri: redirectUri,
          scope: scopes,
          state: attempt.state,
          nonce: attempt.nonce,
          code_challenge: await openid.calculatePKCECodeChallenge(verifier),
          code_challenge_method: "S256",
        });
        return { url: url.href, attempt };
      }),
    finish: (query, attempt) =>
      guarded(async (openid) => {
        const metadata = await findMetadata(openid);
        const configuration = toConfiguration(openid, metadata);
        const tokens = await redeem(openid, configuration, new URL(`${attempt.redirectUri}?${query}`), attempt);
        keys = openid.getJwksCache(configuration);
        const told = tokens.claims();
        if (!told) throw new SignInError("failed", "the issuer gave no ID token");
        const { iss, sub } = told;
        const isWhole =
          metadata.userinfo_endpoint === undefined || wanted.every((name) => findClaim(told, name) !== undefined);
        if (isWhole) return { iss, sub, claims: told };
        const more = await openid.fetchUserInfo(configuration, tokens.access_token, sub);
        return { iss, sub, claims: { ...more, ...told } };
      }),
    look: () => guarded(async (openid) => void (await findMetadata(openid))),
  };

  /** @throws {SignInError} */
  async function guarded<T>(work: (openid: typeof OpenIdClient) => Promise<T>): Promise<T> {
    const leave = await turns.enter(AbortSignal.timeout(turnMs)).catch(() => undefined);
    if (!leave) throw new SignInError("busy", "more people sign in than the issuer answers");
    try {
      return await work(await load());
    } catch (thrown) {
      throw toSignInError(thrown);
    } finally {
      leave();
    }
  }

  /** What it says of itself; those who come while it is being asked wait for the same answer. */
  function findMetadata(openid: typeof OpenIdClient): Promise<ServerMetadata> {
    const now = performance.now();
    if (found && now - found.at < keptMs) return found.metadata;
    const asked = { metadata: discover(openid), at: now };
    found = asked;
    asked.metadata.catch(() => found === asked && (found = undefined));
    return asked.metadata;
  }

  async function discover(openid: typeof OpenIdClient): Promise<ServerMetadata> {
    const { discovery, customFetch, allowInsecureRequests } = openid;
    const discovered = await discovery(new URL(address), clientId, undefined, openid.None(), {
      [customFetch]: issuerFetch,
      timeout: patienceSeconds,
      execute: isHere ? [allowInsecureRequests] : [],
    });
    const metadata = discovered.serverMetadata();
    // The library lets one vendor's issuer of everybody pass for any tenant's.
    if (new URL(metadata.issuer).href !== new URL(address).href)
      throw new SignInError("failed", "the issuer goes by another name than oidc_issuer says");
    ways = clientAuths(openid, metadata);
    way = 0;
    return metadata;
  }

  /** A new one for each: it holds the list of keys, and whether one that is missing may be looked for again. */
  function toConfiguration(openid: typeof OpenIdClient, metadata: ServerMetadata): Configuration {
    const configuration = new openid.Configuration(metadata, clientId, undefined, (...all) => ways[way]?.(...all));
    configuration.timeout = patienceSeconds;
    configuration[openid.customFetch] = issuerFetch;
    if (isHere) openid.allowInsecureRequests(configuration);
    // Else a signature would count for nothing beside the connection that a token came by.
    openid.enableNonRepudiationChecks(configuration);
    // The library's clock: a key that is not among these is looked for once.
    const aged = toSeconds(Date.now()) - refetchSeconds;
    if (keys) openid.setJwksCache(configuration, { jwks: keys.jwks, uat: Math.min(keys.uat, aged) });
    return configuration;
  }

  /** Exchanges the code. What an issuer offers is not what it has this client down for: the other way is tried once. */
  async function redeem(openid: typeof OpenIdClient, configuration: Configuration, url: URL, attempt: Attempt) {
    const grant = () =>
      openid.authorizationCodeGrant(configuration, url, {
        expectedState: attempt.state,
        expectedNonce: attempt.nonce,
        pkceCodeVerifier: attempt.verifier,
        idTokenExpected: true,
      });
    try {
      return await grant();
    } catch (thrown) {
      const isWrongWay = thrown instanceof openid.ResponseBodyError && thrown.error === "invalid_client";
      if (!isWrongWay || ways.length < 2) throw thrown;
      way = 1 - way;
      return grant();
    }
  }

  /** The ways of saying who we are that it offers, the simplest first; without a word of it, what the standard assumes. */
  function clientAuths({ ClientSecretPost, ClientSecretBasic, None }: typeof OpenIdClient, metadata: ServerMetadata) {
    if (clientSecret === "") return [None()];
    const offered = metadata.token_endpoint_auth_methods_supported ?? [];
    if (!offered.includes("client_secret_post")) return [ClientSecretBasic(clientSecret)];
    return [ClientSecretPost(clientSecret), ClientSecretBasic(clientSecret)];
  }
}
