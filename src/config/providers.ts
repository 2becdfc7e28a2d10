import { suggestion } from "../lib/nearest.ts";
import { isLoopbackHost } from "../lib/loopback.ts";
import { isHeaderKey } from "../lib/text.ts";
import { isOfWeb } from "../lib/web-address.ts";
import { addressGaps } from "../providers/address.ts";
import type { Adapter } from "../providers/provider.ts";
import { adapters, findAdapter } from "../providers/registry.ts";
import { ConfigError } from "./error.ts";
import type { ProviderSettings } from "./entry-settings.ts";

/** One instance of an adapter, as the settings and the environment have it. */
export interface ProviderConfig extends Omit<ProviderSettings, "type"> {
  readonly adapter: Adapter;
  /** Where its key is set, for people. */
  readonly keySetting: string | undefined;
  /** Whether the settings or the environment say anything of it, rather than it being known merely. */
  readonly isMentioned: boolean;
  /** Where it is mentioned: `parley.yaml`, `OPENAI_API_KEY`. */
  readonly origin: string;
}

/** Where this server listens: it is no provider of its own. */
interface Listen {
  readonly host: string;
  readonly port: number;
}

/** The configured instances in their order, then every other adapter as the vendors' own variables set it up. */
export function readProviders(
  settings: readonly ProviderSettings[],
  read: (name: string) => string | undefined,
  listen: Listen,
): ProviderConfig[] {
  const named = settings.map((each): ProviderConfig => {
    const { type, ...rest } = each;
    const adapter = findAdapter(type ?? each.name);
    if (!adapter)
      throw new ConfigError(
        `providers: ${each.name} has no known type${suggestion(
          type ?? each.name,
          adapters.map(({ name }) => name),
        )}`,
      );
    // The server's key goes to the vendor's own address, or to one that the operator set beside the key.
    const { variables } = each.base_url === undefined ? fromEnvironment(adapter, read, listen) : { variables: {} };
    const filled = {
      ...variables,
      ...rest,
      ...(rest.base_url && { base_url: toAddress(rest.base_url, adapter, each.name) }),
    };
    if (rest.api !== undefined && !adapter.hasApis)
      throw new ConfigError(`providers: ${each.name} has one interface alone: leave api out`);
    if (filled.base_url !== undefined && isOurs(filled.base_url, listen))
      throw new ConfigError(
        `providers: ${each.name} has this server itself as its base_url, which would ask itself for ever`,
      );
    const keySetting = `api_key of ${each.name} in parley.yaml`;
    for (const key of keysOf(filled)) assertKey(key, keySetting);
    return { ...filled, adapter, keySetting, isMentioned: true, origin: "parley.yaml" };
  });
  const taken = new Set(named.map(({ name }) => name.toLowerCase()));
  if (taken.size < named.length) throw new ConfigError("providers: two have the same name");
  const others = adapters
    .filter(({ name }) => !taken.has(name.toLowerCase()))
    .map((adapter): ProviderConfig => {
      const { variables, names } = fromEnvironment(adapter, read, listen);
      const [keySetting] = adapter.keyNames;
      const isMentioned = names.length > 0;
      return { name: adapter.name, ...variables, adapter, keySetting, isMentioned, origin: names.join(", ") };
    });
  return [...named.filter(({ enabled }) => enabled !== false), ...others];
}

/** Its keys, none of them empty. */
export function keysOf({ api_key: given = [] }: Pick<ProviderSettings, "api_key">): string[] {
  return [given].flat().filter((key) => key !== "");
}

function fromEnvironment(
  adapter: Adapter,
  read: (name: string) => string | undefined,
  listen: Listen,
): { variables: { api_key?: string; base_url?: string }; names: string[] } {
  const keyName = adapter.keyNames.find((name) => read(name) !== undefined);
  const addressName = adapter.addressNames.find((name) => read(name) !== undefined);
  const address = addressName && toAddress(read(addressName) ?? "", adapter, addressName);
  // As `parley env` sets it for other tools: then its key is ours as well.
  if (address !== undefined && isOurs(address, listen)) return { variables: {}, names: [] };
  const parts = addressGaps(adapter.addressPattern ?? "");
  const key = keyName && read(keyName);
  assertKey(key, keyName ?? "");
  return {
    variables: {
      ...(key && { api_key: key }),
      ...(parts.length > 0 && parts.every(read) && { base_url: fillAddress(adapter, parts, read) }),
      ...(address && { base_url: address }),
    },
    names: [keyName, addressName, ...parts.filter(read)].filter((name) => name !== undefined),
  };
}

function isOurs(address: string, { host, port }: Listen): boolean {
  const { hostname, port: named, protocol } = new URL(address);
  const isHere = isLoopbackHost(hostname) || hostname === host;
  return isHere && Number(named || (protocol === "https:" ? 443 : 80)) === port;
}

/** An address with what every account has of its own: a name within it, or the whole of its beginning. */
function fillAddress(adapter: Adapter, parts: readonly string[], read: (name: string) => string | undefined): string {
  const filled = (adapter.addressPattern ?? "").replace(/\{(\w+)\}/g, (_, name: string) =>
    (read(name) ?? "").replace(/\/+$/, ""),
  );
  return toAddress(filled, adapter, parts.join(", "));
}

/** A header holds no other characters; a placeholder such as `sk-…` does. */
function assertKey(key: string | undefined, origin: string): void {
  if (key && !isHeaderKey(key))
    throw new ConfigError(`${origin}: the key holds a character that no key has, perhaps a space or "…": copy it anew`);
}

/** `0.0.0.0:11434` and `:11434`, as runtimes bind, name the same server as `http://127.0.0.1:11434`. */
function toAddress(value: string, adapter: Adapter, origin: string): string {
  const withHost = value.startsWith(":") ? `127.0.0.1${value}` : value;
  const withScheme = withHost.includes("://") ? withHost : `http://${withHost}`;
  if (!URL.canParse(withScheme))
    throw new ConfigError(`${origin}: ${value} is no address such as http://127.0.0.1:11434`);
  const url = new URL(withScheme);
  if (url.username !== "" || url.password !== "")
    throw new ConfigError(`${origin}: an address holds no name or password; send them as headers of the provider`);
  // A key must not travel in the clear because a scheme was forgotten.
  if (withScheme !== withHost && !adapter.localAddress && !isLoopbackHost(url.hostname) && url.hostname !== "0.0.0.0")
    throw new ConfigError(`${origin}: write ${value} with its scheme, such as https://${value}`);
  if (!isOfWeb(url)) throw new ConfigError(`${origin}: ${value} must begin with http:// or https://`);
  if (url.hostname === "0.0.0.0" || url.hostname === "[::]") url.hostname = "127.0.0.1";
  if (url.port === "" && adapter.localAddress && !withHost.includes("://"))
    url.port = new URL(adapter.localAddress).port;
  return url.href.replace(/\/$/, "");
}
