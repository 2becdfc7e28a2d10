/** What an answer lacks of what every one must say; empty where it says it all. */
export function lacks({ headers, status }: Response): string[] {
  const of = (name: string) => headers.get(name) ?? "";
  const type = of("content-type");
  const wanted: Readonly<Record<string, boolean>> = {
    "x-request-id": /^[\w.-]{1,64}$/.test(of("x-request-id")),
    "x-content-type-options": of("x-content-type-options") === "nosniff",
    "referrer-policy": of("referrer-policy") === "no-referrer",
    "cross-origin-resource-policy": /^(same-origin|same-site|cross-origin)$/.test(of("cross-origin-resource-policy")),
    // Of a page its own; of what was brought or made here none of it runs.
    "content-security-policy": policyOf(type).test(of("content-security-policy")),
    "cache-control": /no-store|private|no-cache/.test(of("cache-control")),
    // Nobody is told what is behind it.
    "no server's name": !headers.has("server") && !headers.has("x-powered-by"),
    "no credentials for other origins": !headers.has("access-control-allow-credentials"),
    "a refusal's challenge": status !== 401 || headers.has("www-authenticate"),
  };
  return Object.keys(wanted).filter((name) => !wanted[name]);
}

const nothing = "default-src 'none'; frame-ancestors 'none'";

function policyOf(type: string): RegExp {
  if (type.startsWith("text/html")) return /^default-src 'none'; script-src 'self';.* frame-ancestors 'none'/;
  if (type.startsWith("application/json")) return new RegExp(`^${nothing}$|^sandbox; default-src 'none'$`);
  return new RegExp(`^(${nothing}|sandbox; default-src 'none')`);
}
