import type { CustomFetch } from "openid-client";
import { isLoopbackHost } from "../lib/loopback.ts";
import { SignInError } from "./failure.ts";

/** Lists of keys and of what an issuer can do are some kilobytes. */
const maxBytes = 1024 * 1024;

/**
 * What is asked of an issuer: read whole, up to a limit, and with no redirect followed. Which issuer it is the operator
 * has set; where its endpoints lie it says itself, and they speak TLS as well, unless they are of this machine.
 */
export const issuerFetch: CustomFetch = async (url, { body, headers, method, signal }) => {
  const { hostname, protocol } = new URL(url);
  const isHere = isLoopbackHost(hostname);
  if (protocol !== "https:" && !(isHere && protocol === "http:"))
    throw new SignInError("failed", `the issuer names an endpoint without TLS, at ${hostname}`);
  const response = await send(url, {
    method,
    headers: { ...headers, "accept-encoding": "identity", "user-agent": "parley" },
    redirect: "manual",
    ...(body instanceof URLSearchParams && { body }),
    ...(signal && { signal }),
    ...(isHere && { proxy: false }),
  });
  return new Response(hasBody(response.status) ? await readWhole(response) : null, {
    status: response.status,
    headers: { "content-type": response.headers.get("content-type") ?? "" },
  });
};

/** @throws {SignInError} `unreachable` */
async function send(url: string, init: BunFetchRequestInit): Promise<Response> {
  try {
    return await fetch(url, init);
  } catch (thrown) {
    const why = thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : "no reason was given";
    throw new SignInError("unreachable", `${new URL(url).host} could not be asked: ${why}`);
  }
}

async function readWhole({ body }: Response): Promise<Uint8Array<ArrayBuffer>> {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  // Leaving the loop cancels what is still to come.
  for await (const piece of body ?? []) {
    bytes += piece.byteLength;
    if (bytes > maxBytes) throw new SignInError("failed", `the issuer sent more than ${maxBytes} bytes`);
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

function hasBody(status: number): boolean {
  return status >= 200 && ![204, 205, 304].includes(status);
}
