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
  const tracking = url.searchParams.keys().filter((name) => trackers.test(name));
  for (const name of tracking.toArray()) url.searchParams.delete(name);
  url.searchParams.sort();
  url.pathname = url.pathname.replace(/(?<=.)\/+$/, "");
  return url.href;
}
