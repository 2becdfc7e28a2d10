/** Parameters that tell who sent a reader, and nothing of the page. */
const trackers =
  /^(utm_\w+|fbclid|gclid|dclid|gbraid|wbraid|msclkid|mc_[ce]id|igshid|yclid|_hs(enc|mi)|vero_id|srsltid)$/i;

/** What two addresses of one page have in common: for comparing, never for fetching. */
export function toCanonical(address: string): string {
  const url = URL.parse(address);
  if (!url) return address;
  url.protocol = "https:";
  url.hash = "";
  url.hostname = url.hostname.replace(/^www\.|\.$/g, "");
  // At once: what belongs to an address writes it anew at every change.
  const told = [...url.searchParams].filter(([name]) => !trackers.test(name));
  const search = new URLSearchParams(told);
  search.sort();
  url.search = search.toString();
  url.pathname = withoutEndSlashes(url.pathname);
  return url.href;
}

/** All but a first one. A regular expression would begin anew at each slash of an address that is nothing else. */
function withoutEndSlashes(path: string): string {
  let end = path.length;
  while (end > 1 && path[end - 1] === "/") end--;
  return path.slice(0, end);
}
