/** What a page may load and do: what comes from here, and nothing that text has become. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "media-src 'self' data: blob:",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  // Nothing writes HTML into the page: whoever tries throws.
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join("; ");

/** What browsers offer to pages; this one wants to hear, and nothing else. */
const unwanted = [
  "accelerometer",
  "bluetooth",
  "browsing-topics",
  "camera",
  "display-capture",
  "geolocation",
  "gyroscope",
  "hid",
  "magnetometer",
  "midi",
  "payment",
  "publickey-credentials-get",
  "screen-wake-lock",
  "serial",
  "usb",
  "xr-spatial-tracking",
];

export const pageHeaders = {
  "cache-control": "no-cache",
  "content-type": "text/html; charset=utf-8",
  "content-security-policy": policy,
  "permissions-policy": ["microphone=(self)", ...unwanted.map((each) => `${each}=()`)].join(", "),
  "referrer-policy": "no-referrer",
  // A page that opened this one, or that it opens, has no hold of it.
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
};

/**
 * Whoever wrote a shared chat may be anybody: its page stands in an origin of nobody's, where a script that came in all the
 * same would find no session, and nothing that the page keeps in this browser.
 */
export const shareHeaders = {
  ...pageHeaders,
  // It has no origin that could be the same.
  "cross-origin-opener-policy": "unsafe-none",
  "content-security-policy": `${policy}; sandbox allow-scripts allow-popups allow-popups-to-escape-sandbox allow-downloads`,
};

/** Their names change with what they hold, so that nobody asks for the same twice. */
export const fileHeaders = {
  // Spelled as the plugin does, whose own it would follow otherwise.
  "Cache-Control": "public, max-age=31536000, immutable",
  // The same in every installation, and a shared chat's page has another origin.
  "Access-Control-Allow-Origin": "*",
  "Cross-Origin-Resource-Policy": "cross-origin",
  Vary: "accept-encoding",
};
