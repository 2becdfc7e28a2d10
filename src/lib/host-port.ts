import { isIP } from "node:net";

/** `host`, `host:port`, `[::1]` or `[::1]:port`. */
export interface HostPort {
  /** As `URL.hostname` spells it: in lower case and ASCII, v6 in brackets; without a dot at its end. */
  readonly host: string;
  readonly port?: number;
}

/** `undefined` for anything else: a scheme, a path, credentials, a pattern, a port that there is not. */
export function parseHostPort(text: string): HostPort | undefined {
  const match = /^(\[[^\]]+\]|[^:[\]/?#@\\\s%*]+)(?::(\d{1,5}))?$/.exec(isIP(text) === 6 ? `[${text}]` : text);
  const port = match?.[2] === undefined ? undefined : Number(match[2]);
  const address = `http://${match?.[1]?.replace(/\.$/, "")}/`;
  if (!match || port === 0 || (port ?? 0) > 65_535 || !URL.canParse(address)) return undefined;
  return { host: new URL(address).hostname, ...(port !== undefined && { port }) };
}

/** The IP address that a host of a URL is, without v6's brackets; `undefined` for a name. */
export function ipOf(host: string): string | undefined {
  const bare = host.replace(/^\[|\]$/g, "");
  return isIP(bare) === 0 ? undefined : bare;
}
