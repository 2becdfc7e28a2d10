import { Resolver } from "node:dns/promises";
import { ipOf, parseHostPort } from "../lib/host-port.ts";
import { orAborted } from "../lib/pause.ts";

/** Every IP address of a name, v4 first; none where it has none or nobody says. @throws the reason of `signal` */
export type Resolve = (name: string, signal: AbortSignal) => Promise<readonly string[]>;

/** Asks these name servers, each `ip` or `ip:port`; without any, those of the system, and its table of hosts. */
export function createResolve(servers: readonly string[]): Resolve {
  const asked = servers.flatMap((server) => parseHostPort(server) ?? []);
  const spelled = asked.map(({ host, port }) => (port === undefined ? (ipOf(host) ?? host) : `${host}:${port}`));
  return async (name, signal) => {
    signal.throwIfAborted();
    if (/^(.+\.)?localhost$/.test(name)) return loopback;
    const found = await orAborted(spelled.length > 0 ? ask(name, spelled, signal) : askSystem(name), signal);
    return found.toSorted((a, b) => Number(a.includes(":")) - Number(b.includes(":")));
  };
}

/** RFC 6761 §6.3: no name server is asked for it. */
const loopback = ["127.0.0.1", "::1"];

const patience = { timeout: 2000, tries: 2 };

async function ask(name: string, servers: readonly string[], signal: AbortSignal): Promise<string[]> {
  // A resolver of its own: what one look-up was told is not kept for the next, and only this one is cancelled.
  const resolver = new Resolver(patience);
  resolver.setServers(servers);
  const cancel = () => resolver.cancel();
  signal.addEventListener("abort", cancel, { once: true });
  try {
    const both = await Promise.allSettled([resolver.resolve4(name), resolver.resolve6(name)]);
    return both.flatMap((each) => (each.status === "fulfilled" ? each.value : []));
  } finally {
    signal.removeEventListener("abort", cancel);
  }
}

/**
 * Bun's default, which on Linux reads the system's settings and asks by itself: `getaddrinfo` would occupy a thread,
 * of few, for as long as a stranger's name server keeps silent.
 */
async function askSystem(name: string): Promise<string[]> {
  try {
    return (await Bun.dns.lookup(name)).map(({ address }) => address);
  } catch {
    return [];
  }
}
