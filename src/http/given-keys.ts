import { decodePercent } from "../lib/percent.ts";
import { bearerProtocol } from "../protocol/channel.ts";
import { header, offeredProtocols } from "./headers.ts";

/** Where `x-api-key` is the caller's key for a provider, not for us. */
const providerKeyPath = /^\/backend-api\/v2\/(models|quota)\/[^/]+$/;

/** Where Google's clients send the caller's key in a header of their own, and what is written by hand in the address. */
const googlePath = /^\/v1(beta)?\/models(\/|$)/;

/** Where a browser, which can set no header on a WebSocket, brings the key as a subprotocol. */
const channelPath = "/backend-api/v2/channel";

/** The key that a request brings, wherever it is taken; where it may be written in two ways, both. */
export function givenKeys(request: Request, path: string): string[] {
  const bearer = /^Bearer +(.+)$/i.exec(header(request, "authorization") ?? "")?.[1];
  if (bearer !== undefined) return [bearer];
  const key = providerKeyPath.test(path) ? undefined : header(request, "x-api-key");
  if (key !== undefined) return [key];
  if (googlePath.test(path)) return googleKeys(request);
  return path === channelPath ? protocolKeys(request) : [];
}

function googleKeys(request: Request): string[] {
  const key = header(request, "x-goog-api-key") ?? new URL(request.url, "http://localhost").searchParams.get("key");
  return key === null ? [] : [key];
}

/** As it is, or percent-encoded: a subprotocol can hold few characters beside letters and digits. */
function protocolKeys(request: Request): string[] {
  const offered = offeredProtocols(request).find((each) => each.startsWith(bearerProtocol));
  if (offered === undefined) return [];
  const key = offered.slice(bearerProtocol.length);
  return [key, decodePercent(key)].filter((each) => each !== undefined);
}
