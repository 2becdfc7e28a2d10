import { isLoopbackHost } from "../lib/loopback.ts";
import type { Cookie } from "./cookie.ts";

/** Whether a host is a domain, or below it; both as `toDomain` spells them. */
export function isUnder(host: string, domain: string): boolean {
  return host === domain || host.endsWith(`.${domain}`);
}

/** The domains whose cookies may be meant for a host: its own, and those that it stands below. */
export function domainsOf(host: string): string[] {
  const labels = host.split(".");
  return labels.map((_, index) => labels.slice(index).join("."));
}

/** Those that go to an address, in the order in which they are sent: longer paths first (RFC 6265 §5.4). */
export function cookiesFor(url: URL, host: string, cookies: readonly Cookie[], now: number): Cookie[] {
  // This machine is reached by no foreign wire, and has no certificate as a rule.
  const isSafe = url.protocol === "https:" || isLoopbackHost(url.hostname);
  return cookies
    .filter(({ domain, isHostOnly }) => (isHostOnly ? host === domain : isUnder(host, domain)))
    .filter(({ path }) => isPathUnder(url.pathname, path))
    .filter(({ isSecure, expiresAt }) => (isSafe || !isSecure) && !(expiresAt !== null && expiresAt <= now))
    .sort((one, other) => other.path.length - one.path.length);
}

/** RFC 6265 §5.1.4: `/a` is meant for `/a` and `/a/b`, not for `/ab`. */
function isPathUnder(path: string, of: string): boolean {
  return path === of || (path.startsWith(of) && (of.endsWith("/") || path[of.length] === "/"));
}
