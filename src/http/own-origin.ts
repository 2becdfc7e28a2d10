/** What changes nothing. */
export const safeMethods = new Set(["GET", "HEAD", "OPTIONS"]);

/** The pages that we serve ourselves: same host and port, whichever scheme a proxy in front speaks. */
export function isOwnOrigin(origin: string, ownHost: string): boolean {
  if (!URL.canParse(origin)) return false;
  const { protocol, host } = new URL(origin);
  return /^https?:$/.test(protocol) && host === ownHost.toLowerCase();
}
