import type { Clients } from "./client-address.ts";
import { header } from "./headers.ts";

const safeMethods = new Set(["GET", "HEAD", "OPTIONS"]);

/** Whether it changes nothing. A WebSocket begins with a GET, may be opened from any page, and then does what it likes. */
export function changesNothing(request: Request): boolean {
  return safeMethods.has(request.method) && header(request, "upgrade") === undefined;
}

/** Whether our own page, or a person, made a request, as far as the browser says who did; others than browsers say nothing. */
export function isOfOwnSite(request: Request): boolean {
  return ["same-origin", "none"].includes(header(request, "sec-fetch-site") ?? "none");
}

/**
 * The pages that we serve ourselves: those of the address that callers see, and of the host and port that were asked,
 * whichever scheme a proxy in front speaks; where TLS was spoken for certain, no page without it.
 */
export function isOwnOrigin(origin: string, request: Request, clients: Clients): boolean {
  if (!URL.canParse(origin)) return false;
  const { protocol, host, origin: itself } = new URL(origin);
  // Browsers write one in one way: another may be read as it by us alone.
  if (itself !== origin || !/^https?:$/.test(protocol)) return false;
  const isOwnHost = host === header(request, "host")?.toLowerCase() || host === new URL(clients.originOf(request)).host;
  return isOwnHost && (protocol === "https:" || clients.isSecure(request) !== true);
}
