import { parseWebAddress } from "../lib/web-address.ts";

/**
 * What a page calls its address, where that may be true: it is of the same site, and no site's first page that others of it
 * name by mistake. Otherwise where it was found.
 */
export function ownAddress(found: URL, canonical: string | undefined): string {
  const own = parseWebAddress(canonical ?? "", found);
  const isPage = own && own.username + own.password === "";
  const isSafe = own?.protocol === "https:" || found.protocol === "http:";
  const isThere = isPage && isSafe && siteOf(own) === siteOf(found);
  const isTold = isThere && (own.pathname !== "/" || found.pathname === "/");
  const url = new URL(isTold ? own : found);
  url.hash = "";
  return url.href;
}

/** One site under several names. */
function siteOf({ host }: URL): string {
  return host.replace(/^(www|m|mobile|amp)\./, "");
}
