import { isIP } from "node:net";
import { ipOf } from "./host-port.ts";

/** An address from outside, and the IP addresses of its host: looked up once, judged, and good. */
export interface Judged {
  readonly url: URL;
  readonly ips: readonly string[];
}

/** What `fetch` is called with so that a request goes to one IP address, whatever its host's name means by then. */
export interface Pinned {
  readonly address: string;
  readonly init: BunFetchRequestInit & { readonly headers: Readonly<Record<string, string>> };
}

/**
 * The name stays in the `Host` header, in SNI, and in what the certificate is checked against (Bun shares a kept
 * connection among equal server names alone). `HTTP_PROXY` does not count, since a proxy would look the name up again;
 * nor is a redirect followed, or an `Alt-Svc`, which both lead to places that nobody has judged.
 */
export function toPinned(url: URL, ip: string): Pinned {
  const port = url.port === "" ? "" : `:${url.port}`;
  const isNamed = ipOf(url.hostname) === undefined;
  return {
    // Written rather than set: `URL.hostname` keeps the name where it does not like what it is given.
    address: `${url.protocol}//${isIP(ip) === 6 ? `[${ip}]` : ip}${port}${url.pathname}${url.search}`,
    init: {
      headers: { host: url.host },
      redirect: "manual",
      proxy: false,
      protocol: "http1.1",
      ...(isNamed && { tls: { serverName: url.hostname } }),
    },
  };
}
