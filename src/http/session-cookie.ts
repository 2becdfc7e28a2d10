import { ApiError } from "../protocol/errors.ts";
import type { Clients } from "./client-address.ts";
import { header } from "./headers.ts";
import { cookieNameOf, findCookie, findCookies, ofTls } from "./own-cookies.ts";
import { changesNothing, isOfOwnSite, isOwnOrigin } from "./own-origin.ts";

/** The token of the session that a browser keeps for us. */
export interface SessionCookie {
  /**
   * What a browser brings: from our own pages alone. A page at another port of this host counts as the same site, and its
   * requests bring the cookie along. @throws {ApiError} `origin_not_allowed` where they would change something
   */
  read(request: Request): string | undefined;
  /** All that it brings: where it came without TLS at first, there are two. @throws as `read` */
  readAll(request: Request): string[];
  /** What has the browser keep a token, out of the reach of scripts, and bring it with requests of this site alone. */
  write(request: Request, token: string): string;
  /** What has it keep none. */
  remove(request: Request): string[];
}

/** The longest that browsers keep one, in seconds: when a session is over, the server says. */
const keepSeconds = 400 * 24 * 60 * 60;

const base = "parley_session";

export function createSessionCookie(clients: Clients): SessionCookie {
  return {
    read(request) {
      const token = find(request);
      return token !== undefined && mayBring(request) ? token : undefined;
    },

    readAll(request) {
      const tokens = ["", ofTls].flatMap((prefix) => findCookies(request, prefix + cookieNameOf(request, base)));
      return tokens.length > 0 && mayBring(request) ? tokens : [];
    },

    write(request, token) {
      // Behind a proxy that speaks TLS and is not trusted, only the browser knows: it says so in the origin of what it sends.
      const isSecure = clients.isSecure(request) ?? header(request, "origin")?.startsWith("https:") ?? false;
      const kept = `${cookieNameOf(request, base)}=${token}; ${toTerms(keepSeconds)}`;
      return isSecure ? `${ofTls}${kept}; Secure` : kept;
    },

    remove(request) {
      const gone = `${cookieNameOf(request, base)}=; ${toTerms(0)}`;
      return [gone, `${ofTls}${gone}; Secure`];
    },
  };

  /** @throws {ApiError} `origin_not_allowed` */
  function mayBring(request: Request): boolean {
    if (changesNothing(request)) return isOfOwnSite(request);
    const origin = header(request, "origin");
    const isOwn =
      origin === undefined
        ? header(request, "sec-fetch-site") === "same-origin"
        : isOwnOrigin(origin, request, clients);
    if (isOwn) return true;
    throw new ApiError(
      "origin_not_allowed",
      "a browser's session changes something from this server's own pages alone",
    );
  }

  function find(request: Request): string | undefined {
    // As most requests come.
    if (header(request, "cookie") === undefined) return undefined;
    const name = cookieNameOf(request, base);
    const secure = findCookie(request, ofTls + name);
    // Where TLS is certain, whoever could have put the other there is not.
    return secure ?? (clients.isSecure(request) === true ? undefined : findCookie(request, name));
  }
}

function toTerms(seconds: number): string {
  return `Path=/; Max-Age=${seconds}; HttpOnly; SameSite=Strict`;
}
