const address = `/backend-api/v2/chat/${location.pathname.replace(/^\/share\/|\/$/g, "")}`;
const patienceMs = 15_000;

export interface Shared {
  readonly document: unknown;
  readonly version: string;
}

/**
 * What is shared under this page's address, unless it is the version that one has. Not by the client: this page stands in
 * an origin of nobody's, so that its request brings no session, and it needs no more than this one.
 *
 * @throws where the server cannot be reached, or fails
 */
export async function readShared(version: string, left: AbortSignal): Promise<Shared | "same" | "gone"> {
  const response = await fetch(address, {
    headers: version === "" ? {} : { "if-none-match": version },
    cache: "no-store",
    credentials: "omit",
    signal: AbortSignal.any([left, AbortSignal.timeout(patienceMs)]),
  });
  if (response.status === 404 || response.status === 400) return "gone";
  if (response.status === 304) return "same";
  if (response.status !== 200) throw new Error(`status ${response.status}`);
  return { document: await response.json(), version: response.headers.get("etag") ?? "" };
}
