import { ApiError } from "../protocol/errors.ts";
import type { Clients } from "./client-address.ts";
import { header } from "./headers.ts";
import { changesNothing, isOfOwnSite, isOwnOrigin } from "./own-origin.ts";

/** The token of the session that a browser keeps for us. */
export interface SessionCookie {
  /**
   * What a browser brings: from our own pages alone. A page at another port of this host counts as the same site, and its
   * requests bring the cookie along. @throws {ApiError} `origin_not_allowed` where they would change something
   */
  read(request: Request): string | undefined;
  /** What has the browser keep a token, out of the reach of scripts, and bring it with requests of this site alone. */
  write(request: Request, token: string): string;
  /** What has it keep none. */
  remove(request: Request): string[];
}

/** The longest that browsers keep one, in seconds: when a session is over, the server says. */
const keepSeconds = 400 * 24 * 60 * 60;

/** Of a name that begins so browsers see to it that it came by TLS, from this very host (RFC 6265bis §4.1.3.2). */
const ofTls = "__Host-";

export function createSessionCookie(clients: Clients): SessionCookie {
  return {
    read(request) {
      const token = find(request);
      if (token === undefined) return undefined;
      if (changesNothing(request)) return isOfOwnSite(request) ? token : undefined;
      const origin = header(request, "origin");
      const isOwn =
        origin === undefined
          ? header(request, "sec-fetch-site") === "same-origin"
          : isOwnOrigin(origin, request, clients);
      if (isOwn) return token;
      throw new ApiError(
        "origin_not_allowed",
        "a browser's session changes something from this server's own pages alone",
      );
    },

    write(request, token) {
      // Behind a proxy that speaks TLS and is not trusted, only the browser knows: it says so in the origin of what it sends.
      const isSecure = clients.isSecure(request) ?? header(request, "origin")?.startsWith("https:") ?? false;
      const kept = `${nameOf(request)}=${token}; ${toTerms(keepSeconds)}`;
      return isSecure ? `${ofTls}${kept}; Secure` : kept;
    },

    remove(request) {
      const gone = `${nameOf(request)}=; ${toTerms(0)}`;
      return [gone, `${ofTls}${gone}; Secure`];
    },
  };

  function find(request: Request): string | undefined {
    const brought = header(request, "cookie");
    if (brought === undefined) return undefined;
    const cookies = brought.split(";").map((each) => each.trim());
    // Cookies of longer paths come first, and ours has the shortest: a page at another port may have put one before it.
    const pick = (name: string) => cookies.findLast((each) => each.startsWith(`${name}=`))?.slice(name.length + 1);
    const name = nameOf(request);
    const secure = pick(ofTls + name);
    // Where TLS is certain, whoever could have put the other there is not.
    return secure ?? (clients.isSecure(request) === true ? undefined : pick(name));
  }
}

function toTerms(seconds: number): string {
  return `Path=/; Max-Age=${seconds}; HttpOnly; SameSite=Strict`;
}

/** Cookies are kept by host, not by port: two servers of one machine would sign each other's people out. */
function nameOf(request: Request): string {
  const port = /:(\d+)$/.exec(header(request, "host") ?? "")?.[1];
  return port ? `parley_session_${port}` : "parley_session";
}
