import { ipOf, parseHostPort } from "../lib/host-port.ts";
import { isPublicAddress } from "../lib/public-address.ts";
import { isOfWeb, portOf, toShownHost } from "../lib/web-address.ts";
import { ApiError } from "../protocol/errors.ts";
import { closedPorts } from "./closed-ports.ts";
import type { Resolve } from "./resolve.ts";

/** Judges addresses that a caller or a page names, before anything is sent there. */
export interface Guard {
  /**
   * The IP addresses of a URL's host, each of which a request may be sent to. They are looked up here, once: who asks for
   * the name again may be told another (DNS rebinding), so the request goes to one of these (`lib/pinned.ts`).
   *
   * @throws {ApiError} `address_not_allowed`. It says the same of a name that does not exist, of one that leads inside
   *   and of one that leads outside and inside: nobody learns from it what there is in the operator's network.
   */
  judge(url: URL, signal: AbortSignal): Promise<readonly string[]>;
}

export interface GuardParts {
  /** `host` or `host:port` as the operator lists them; what they lead to is the operator's word. */
  readonly allowedHosts: readonly string[];
  readonly resolve: Resolve;
}

export function createGuard({ allowedHosts, resolve }: GuardParts): Guard {
  const allowed = allowedHosts.flatMap((entry) => parseHostPort(entry) ?? []);
  return {
    async judge(url, signal) {
      const { hostname } = url;
      const port = portOf(url);
      if (!isOfWeb(url)) throw refusal("only http and https addresses are fetched");
      if (url.username !== "" || url.password !== "")
        throw refusal("an address with a name or password in it is not fetched");
      const isAllowed = allowed.some((each) => each.host === hostname && (each.port ?? port) === port);
      if (!isAllowed && closedPorts.has(port)) throw refusal(`port ${port} is not asked: it is no web server's`);
      const ip = ipOf(hostname);
      const addresses = ip === undefined ? await resolve(hostname, signal) : [ip];
      const isFine = addresses.length > 0 && (isAllowed || addresses.every(isPublicAddress));
      if (isFine) return addresses;
      throw refusal(
        `${toShownHost(url)} is not fetched: no public address was found for it (is the name right, and the network there?); the operator can allow what lies inside in allowed_hosts`,
      );
    },
  };
}

/** Arbitrary, in characters; longer ones are data. */
const maxAddressLength = 8192;

/** An address from outside, read once: what was typed is not looked at again. @throws {ApiError} `address_not_allowed` */
export function parseAddress(text: string, base?: URL): URL {
  if (text.length > maxAddressLength || !URL.canParse(text, base))
    throw refusal("expected an address such as https://example.com/picture.png");
  const url = new URL(text, base);
  // A dot at the end of a name changes nothing of what it means, and no certificate or list of hosts has it.
  if (url.hostname.endsWith(".")) url.hostname = url.hostname.slice(0, -1);
  return url;
}

function refusal(message: string): ApiError {
  return new ApiError("address_not_allowed", message);
}
