/**
 * Whether a client of Gemini's API asks: by a path of its own; or where others have their models as well, by the headers
 * that they all send, or the key in the address. Their newer clients say `/v1` where older ones say `/v1beta`.
 */
export function asksGemini({ url, method, headers }: Pick<Request, "url" | "method" | "headers">): boolean {
  const { pathname, searchParams } = new URL(url, "http://localhost");
  if (pathname.startsWith("/v1beta/")) return true;
  if (!/^\/v1\/models(\/|$)/.test(pathname)) return false;
  return (
    method === "POST" || headers.has("x-goog-api-key") || headers.has("x-goog-api-client") || searchParams.has("key")
  );
}
