/**
 * What every answer says beside its own, and what a route says in their place: nothing that is not a page of ours is shown as
 * one, stands in another's frame, is embedded by another site, or is kept on its way. They are written once: a request
 * costs their copying.
 */
export const safeHeaders = Object.freeze({
  "x-content-type-options": "nosniff",
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
  "referrer-policy": "no-referrer",
  "cross-origin-resource-policy": "same-origin",
  "cache-control": "no-store",
});

/** Whoever came by TLS once comes by it for a year, whatever a link says (RFC 6797). Without TLS it would mean nothing. */
export const safeHeadersOfTls = Object.freeze({ ...safeHeaders, "strict-transport-security": "max-age=31536000" });

/** What one owner's is may be kept by that owner's browser alone, which asks whether it still holds. */
export const ownersCache = { "cache-control": "private, no-cache" };

/**
 * A medium may stand in the pages of other programs of this machine, which count as the same site. What is published may stand
 * anywhere, for a shared chat's page has an origin of nobody's; and so may all of them where pages of other sites may call.
 */
export function embeddable(isByAnybody: boolean): Record<string, string> {
  return { "cross-origin-resource-policy": isByAnybody ? "cross-origin" : "same-site" };
}
