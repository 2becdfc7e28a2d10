import { Type } from "@sinclair/typebox";
import { Elysia } from "elysia";
import { answers } from "../http/answers.ts";
import { readAttemptCookie, writeAttemptCookie } from "../http/attempt-cookie.ts";
import { content, Redirect } from "../http/content.ts";
import { AskedByHead } from "../http/head.ts";
import { isOfOwnSite } from "../http/own-origin.ts";
import { digestOf } from "../lib/digest.ts";
import { subscriberOf } from "../lib/ip-address.ts";
import { toSignInError } from "../oidc/failure.ts";
import { attemptMs } from "../oidc-services.ts";
import { ApiError } from "../protocol/errors.ts";
import type { Services } from "../services.ts";
import { pageHeaders } from "./page-headers.ts";

const beginPath = "/session/oidc";
const callbackPath = `${beginPath}/callback`;

/** Where in our page somebody was: what stands behind its `#`, without a sign that could end an attribute. */
const placePattern = /^\/(?!\/)[\w/.~%?=&-]{0,500}$/;

/** How people sign in without a key: their browser goes to their issuer, and comes back with a code that we exchange. */
export function sessionOidc({ oidc, issuerGuesses: guesses, sessions, sessionCookie, clients, log }: Services) {
  /** Addresses from which somebody is looked at whose turn it is. */
  const looking = new Set<string>();

  return new Elysia()
    .get(
      beginPath,
      async ({ query: { to = "/" }, request }) => {
        const { begin } = get();
        // A page elsewhere that embeds this would undo what is under way; whom it leads here finds the button.
        if (request instanceof AskedByHead || !isOfOwnSite(request)) return lead("/");
        try {
          const place = placePattern.test(to) ? to : "/";
          const { url, kept } = await begin(`${clients.originOf(request)}/backend-api/v2${callbackPath}`, place);
          return lead(url, writeAttemptCookie(request, isSecure(request), kept, attemptMs / 1000));
        } catch (thrown) {
          return tell(thrown, request);
        }
      },
      {
        query: Type.Object({ to: Type.Optional(Type.String()) }),
        response: answers({ 302: Redirect }),
        detail: { summary: "Leads a browser to the issuer that people sign in with" },
      },
    )
    .get(
      callbackPath,
      async ({ request }) => {
        const { finish, people } = get();
        if (request instanceof AskedByHead) return lead("/");
        try {
          const kept = readAttemptCookie(request, isSecure(request)) ?? "";
          const { caller, claims, endsAt, returnTo } = await inTurn(request, () => finish(queryOf(request), kept));
          const token = await sessions.open(caller.owner, people.digest, { claims, endsAt });
          log.info("somebody signed in by the issuer", { owner: caller.owner, role: caller.role });
          return enter(returnTo, [forget(request), sessionCookie.write(request, token)]);
        } catch (thrown) {
          return tell(thrown, request);
        }
      },
      {
        response: answers({ 200: content<string>({ "text/html": Type.String() }), 302: Redirect }),
        detail: { summary: "Where the issuer leads it back to: signed in, it goes on to the page" },
      },
    );

  /** @throws {ApiError} `not_found` */
  function get() {
    if (oidc) return oidc;
    throw new ApiError("not_found", "this server has no issuer to sign in with: the settings that begin with oidc_");
  }

  /**
   * Where many have come back from an address whom the issuer did not vouch for, one at a time is looked at: it is not asked
   * about all of them at once, and whoever is right and has the same address, as behind a proxy, comes in all the same.
   *
   * @throws {ApiError} `rate_limited`
   */
  async function inTurn<T>(request: Request, work: () => Promise<T>): Promise<T> {
    if (!guesses.isGuessing(request)) return work();
    const address = subscriberOf(clients.addressOf(request));
    if (looking.has(address))
      throw new ApiError("rate_limited", "many come back from this address who could not be signed in");
    looking.add(address);
    try {
      return await work();
    } finally {
      looking.delete(address);
    }
  }

  function isSecure(request: Request): boolean {
    return clients.isSecure(request) ?? false;
  }

  function forget(request: Request): string {
    return writeAttemptCookie(request, isSecure(request), "", 0);
  }

  /** Somebody is looking at this: the page says it in its own words, and the log why. */
  function tell(thrown: unknown, request: Request): Response {
    if (thrown instanceof ApiError && thrown.reason === "rate_limited") return lead("/?sign_in=busy", forget(request));
    const { reason, message } = toSignInError(thrown);
    if (reason === "failed") guesses.countWrong(request, digestOf(request.url));
    // Whoever comes without having begun, or again and again, could fill the log.
    const isQuiet = reason === "expired" || guesses.isGuessing(request);
    log[isQuiet ? "debug" : "warn"]("somebody could not be signed in", { reason, why: message });
    return lead(`/?sign_in=${reason}`, forget(request));
  }
}

function queryOf({ url }: Request): string {
  return url.slice(url.indexOf("?") + 1 || url.length);
}

const onceHeaders = { "cache-control": "no-store", "referrer-policy": "no-referrer" };

function lead(location: string, cookie?: string): Response {
  return new Response(null, {
    status: 302,
    headers: { ...onceHeaders, location, ...(cookie !== undefined && { "set-cookie": cookie }) },
  });
}

/**
 * A browser that another site has sent here brings no cookie along that is for this site alone, wherever it is led on. So it
 * is given a page of ours, which goes on by itself.
 */
function enter(place: string, cookies: readonly string[]): Response {
  const target = `/#${place.replaceAll("&", "&amp;")}`;
  const html = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Signed in · Parley</title><meta http-equiv="refresh" content="0;url=${target}"></head><body><p>You are signed in. <a href="${target}">Go on</a></p></body></html>`;
  const response = new Response(html, { headers: { ...pageHeaders, ...onceHeaders } });
  for (const cookie of cookies) response.headers.append("set-cookie", cookie);
  return response;
}
