import { ApiError } from "../protocol/errors.ts";
import { header } from "./headers.ts";
import { changesNothing, isOfOwnSite, isOwnOrigin } from "./own-origin.ts";

/** Cookies are kept by host, not by port: two servers of one machine would sign each other's people out. */
function nameOf(request: Request): string {
  const port = /:(\d+)$/.exec(header(request, "host") ?? "")?.[1];
  return port ? `parley_session_${port}` : "parley_session";
}

/**
 * The token of the session that a browser brings: from our own pages alone. A page at another port of this host counts as
 * the same site, and its requests bring the cookie along. @throws {ApiError} `origin_not_allowed` where they would change something
 */
export function readSessionCookie(request: Request): string | undefined {
  const name = `${nameOf(request)}=`;
  const cookies = (header(request, "cookie") ?? "").split(";").map((each) => each.trim());
  // Cookies of longer paths come first, and ours has the shortest: a page at another port may have put one before it.
  const token = cookies.findLast((each) => each.startsWith(name))?.slice(name.length);
  if (token === undefined) return undefined;
  if (changesNothing(request)) return isOfOwnSite(request) ? token : undefined;
  const origin = header(request, "origin");
  const host = header(request, "host") ?? "";
  if (origin === undefined ? header(request, "sec-fetch-site") === "same-origin" : isOwnOrigin(origin, host))
    return token;
  throw new ApiError("origin_not_allowed", "a browser's session changes something from this server's own pages alone");
}

/** The longest that browsers keep one, in seconds: when a session is over, the server says. */
const keepSeconds = 400 * 24 * 60 * 60;

/** Has the browser keep a token, out of the reach of scripts, and bring it with requests of this site alone. Empty, it goes. */
export function writeSessionCookie(request: Request, token: string): string {
  // Behind a proxy that speaks TLS, only the browser knows: it says so in the origin of what it sends.
  const secure = (header(request, "origin") ?? request.url).startsWith("https:") ? "; Secure" : "";
  const maxAge = token === "" ? 0 : keepSeconds;
  return `${nameOf(request)}=${token}; Path=/; Max-Age=${maxAge}; HttpOnly; SameSite=Strict${secure}`;
}
