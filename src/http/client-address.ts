import { createIpRanges, parseIp } from "../lib/ip-address.ts";
import { parseHostPort } from "../lib/host-port.ts";
import { AskedByHead } from "./head.ts";

/** Who asks, and where they see us. */
export interface Clients {
  /** Whose connections requests come by: until it is told, no address is known. */
  arriveAt(server: Connections): void;
  /**
   * The IP address of who asks, past the proxies that are trusted, in one spelling: v4 where it is v4. Empty where the
   * connection is gone.
   */
  addressOf(request: Request): string;
  /** `https://chat.example.com`: what every absolute address begins with that a caller is given. */
  originOf(request: Request): string;
  /** Whether it came by TLS; `undefined` where nobody says who could know. */
  isSecure(request: Request): boolean | undefined;
}

export interface Connections {
  requestIP(request: Request): { readonly address: string } | null;
}

export interface ClientSettings {
  readonly trusted_proxies: readonly string[];
  /** Empty where there is none. */
  readonly public_url: string;
}

/** Proxies in a row, arbitrary: who says that there are more is heard no further. */
const maxProxies = 32;

/**
 * Any client can send `X-Forwarded-…`: they are read where a proxy of the operator's brings them, and from the right, where
 * it adds what it knows itself. `Forwarded` (RFC 7239) is not read: a proxy writes one of the two, and hands on what its
 * client wrote into the other. So it is with spellings with `_`, which proxies hand on as headers that they do not know.
 */
export function createClients({ trusted_proxies, public_url }: ClientSettings): Clients {
  const trusted = trusted_proxies.length === 0 ? undefined : createIpRanges(trusted_proxies);
  const published = public_url === "" ? undefined : new URL(public_url);
  let connections: Connections | undefined;

  return {
    arriveAt: (server) => void (connections = server),

    addressOf(request) {
      const nearest = connectedFrom(request);
      return trusted?.has(nearest) ? findClient(nearest, request.headers.get("x-forwarded-for") ?? "") : nearest;
    },

    originOf(request) {
      if (published) return published.origin;
      const own = ownUrl(request);
      if (!isByProxy(request)) return own.origin;
      const host = forwardedHost(request) ?? own.host;
      return new URL(`${forwardedScheme(request) ?? "http"}://${host}`).origin;
    },

    isSecure(request) {
      const scheme = isByProxy(request) ? forwardedScheme(request) : undefined;
      if (scheme !== undefined) return scheme === "https";
      return published && ownUrl(request).hostname === published.hostname ? published.protocol === "https:" : undefined;
    },
  };

  /** @returns empty where the connection is gone */
  function connectedFrom(request: Request): string {
    const asked = request instanceof AskedByHead ? request.original : request;
    return parseIp(connections?.requestIP(asked)?.address ?? "") ?? "";
  }

  function isByProxy(request: Request): boolean {
    return trusted?.has(connectedFrom(request)) ?? false;
  }

  /** The last that no trusted proxy has; where they all do, or one is no address, the farthest of which we know. */
  function findClient(nearest: string, forwardedFor: string): string {
    let client = nearest;
    let left = forwardedFor;
    for (let count = 0; count < maxProxies && left !== "" && trusted?.has(client); count++) {
      const comma = left.lastIndexOf(",");
      const ip = parseNode(left.slice(comma + 1));
      if (ip === undefined) break;
      client = ip;
      left = left.slice(0, Math.max(0, comma));
    }
    return client;
  }
}

/** As it was sent, without a proxy's words; without a host, as if this machine were asked. */
function ownUrl({ url }: Request): URL {
  return new URL(url, "http://localhost");
}

/** An address as proxies write it: with a port, with v6 in brackets, or in quotes. */
function parseNode(text: string): string | undefined {
  const bare = text.trim().replace(/^"(.*)"$/, "$1");
  const [, bracketed] = /^\[([^\]]+)\](?::\d{1,5})?$/.exec(bare) ?? [];
  const [, v4] = /^([\d.]+):\d{1,5}$/.exec(bare) ?? [];
  return parseIp(bracketed ?? v4 ?? bare);
}

function forwardedScheme(request: Request): "http" | "https" | undefined {
  const scheme = last(request.headers.get("x-forwarded-proto"))?.toLowerCase();
  if (scheme === "https" || scheme === "wss") return "https";
  return scheme === "http" || scheme === "ws" ? "http" : undefined;
}

function forwardedHost(request: Request): string | undefined {
  const { host, port } = parseHostPort(last(request.headers.get("x-forwarded-host")) ?? "") ?? {};
  return port === undefined ? host : `${host}:${port}`;
}

function last(list: string | null): string | undefined {
  return list?.slice(list.lastIndexOf(",") + 1).trim();
}
