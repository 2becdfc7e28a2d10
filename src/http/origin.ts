import { isLoopbackHost } from "../lib/loopback.ts";
import { ApiError } from "../protocol/errors.ts";
import type { Access } from "./access.ts";
import type { Clients } from "./client-address.ts";
import { header } from "./headers.ts";
import { changesNothing, isOfOwnSite, isOwnOrigin } from "./own-origin.ts";

/** What a page of another origin may read of an answer beside its body. */
const exposed = [
  "etag",
  "mcp-session-id",
  "x-request-id",
  "x-run-id",
  "x-provider",
  "x-model",
  "x-attempts",
  "x-cache",
  "x-ratelimit-limit",
  "x-ratelimit-remaining",
  "x-ratelimit-reset",
  "x-ratelimit-limit-requests",
  "x-ratelimit-remaining-requests",
  "x-ratelimit-reset-requests",
  "x-ratelimit-limit-tokens",
  "x-ratelimit-remaining-tokens",
  "x-ratelimit-reset-tokens",
  "request-id",
  "anthropic-ratelimit-requests-limit",
  "anthropic-ratelimit-requests-remaining",
  "anthropic-ratelimit-requests-reset",
  "anthropic-ratelimit-tokens-limit",
  "anthropic-ratelimit-tokens-remaining",
  "anthropic-ratelimit-tokens-reset",
  "retry-after",
  "idempotency-replayed",
].join(", ");
const foreignHost =
  "without an access key this server answers under the names of this machine alone: make one with parley keys create, or list the origin in cors_origins";

/** Every GET that a vendor is paid for: a foreign page that merely embeds it would spend the operator's money. */
const paidPaths = [/^\/backend-api\/v2\/synthesize\//, /^\/backend-api\/v2\/create\/?$/];

/**
 * The page of a shared chat has an origin of nobody's (`Origin: null`), so that no script of it finds a session or what the
 * page keeps. It reads what is published for anybody who knows its id, and no request of such an origin brings a cookie.
 */
const published = /^https?:\/\/[^/]*\/backend-api\/v2\/chat\/[^/?]+(?:\?|$)/;

export interface Origins {
  /** The CORS headers of an answer: none for an origin that is not listed. */
  headers(request: Request): Record<string, string>;
  /** Refuses what a foreign page would change or spend. @throws {ApiError} `origin_not_allowed` */
  check(request: Request, path: string): void;
  /** Answers a preflight; `undefined` for any other request. */
  preflight(request: Request): Response | undefined;
}

export interface OriginSettings {
  readonly cors_origins: readonly string[];
}

/** Who may call from a web page: our own, and the listed ones. `*` is any, and never with credentials. */
export function createOrigins(
  { cors_origins: listed }: OriginSettings,
  access: Pick<Access, "isClosed">,
  clients: Clients,
): Origins {
  // Without a key, a page could have its own name resolve to this machine and then be "our own" (DNS rebinding).
  const names = new Set(listed.filter((origin) => URL.canParse(origin)).map((origin) => new URL(origin).hostname));
  const isOurs = (host: string) => {
    const name = host.replace(/:\d*$/, "").replace(/\.$/, "");
    return name === "" || isLoopbackHost(name) || name.endsWith(".localhost") || names.has(name);
  };
  // A proxy may ask under this machine's name what it was asked under another.
  const isAskedAsOurs = (request: Request, host: string) =>
    access.isClosed || (isOurs(host) && isOurs(new URL(clients.originOf(request)).host));
  const isAny = listed.includes("*");

  const headers = (request: Request): Record<string, string> => {
    const origin = header(request, "origin");
    if (origin === "null" && !isAny && published.test(request.url))
      return { "access-control-allow-origin": origin, "access-control-expose-headers": "etag", vary: "origin" };
    if (origin === undefined || !(isAny || listed.includes(origin))) return {};
    return {
      "access-control-allow-origin": isAny ? "*" : origin,
      "access-control-expose-headers": exposed,
      ...(!isAny && { vary: "origin" }),
    };
  };

  return {
    headers,
    check(request, path) {
      const host = header(request, "host")?.toLowerCase() ?? "";
      if (!isAskedAsOurs(request, host)) throw new ApiError("origin_not_allowed", foreignHost);
      const origin = header(request, "origin");
      const isPaid = paidPaths.some((paid) => paid.test(path));
      const isSafe = !isPaid && changesNothing(request);
      // What a page embeds comes without its origin.
      const isEmbedded = isPaid && !isOfOwnSite(request);
      if (isSafe || (origin === undefined ? !isEmbedded : isOwnOrigin(origin, request, clients))) return;
      if (isAny || (origin !== undefined && listed.includes(origin))) return;
      throw new ApiError(
        "origin_not_allowed",
        "pages of this origin may not call; the setting cors_origins lists those that may",
      );
    },
    preflight(request) {
      if (request.method !== "OPTIONS" || !request.headers.has("access-control-request-method")) return undefined;
      const asked = header(request, "access-control-request-headers");
      return new Response(null, {
        status: 204,
        headers: {
          ...headers(request),
          "access-control-allow-methods": "GET, HEAD, POST, PUT, PATCH, DELETE",
          ...(asked && { "access-control-allow-headers": asked }),
          "access-control-max-age": "600",
        },
      });
    },
  };
}
