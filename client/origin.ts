/** Where plain http is safe: what is sent stays on this machine. */
const loopback = /^(localhost|[^/:]+\.localhost|127(\.\d+){3}|\[::1\])(?=[:/]|$)/i;

/**
 * Where a server is, without a slash at its end. Without a scheme it is https, or http on this machine. A path stays: behind a
 * proxy, `https://host/ai` may be where the server's own paths begin.
 *
 * @throws {TypeError} for what is no such address, which is not repeated: somebody may have put a key into it
 */
export function parseOrigin(given: string): string {
  const trimmed = given.trim();
  const text = trimmed.includes("://") ? trimmed : `${loopback.test(trimmed) ? "http" : "https"}://${trimmed}`;
  const url = URL.canParse(text) && !trimmed.startsWith("/") ? new URL(text) : undefined;
  if (!url || !/^https?:$/.test(url.protocol))
    throw new TypeError("origin: expected the address of a Parley server, such as http://127.0.0.1:7337");
  if (url.username || url.password || url.search || url.hash)
    throw new TypeError("origin: expected scheme, host, port and path alone; an access key goes into the option key");
  return url.origin + url.pathname.replace(/\/+$/, "");
}
