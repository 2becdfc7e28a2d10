/** An address of the web, http or https; `undefined` for anything else. */
export function parseWebAddress(text: string, base?: string | URL): URL | undefined {
  const url = URL.parse(text, base);
  return url && isOfWeb(url) ? url : undefined;
}

export function isOfWeb({ protocol }: URL): boolean {
  return protocol === "http:" || protocol === "https:";
}

/** The port that it is asked at: its own, or its scheme's. */
export function portOf({ port, protocol }: URL): number {
  return Number(port || (protocol === "https:" ? 443 : 80));
}

/** Where it is asked, as settings name a host: `example.com:443`. */
export function hostPortOf(url: URL): string {
  return `${url.hostname}:${portOf(url)}`;
}

/** Where it lies as messages show it: no more of a host than tells it. */
export function toShownHost({ host }: URL): string {
  return host.slice(0, 100);
}
