import { decodePercent } from "../lib/percent.ts";
import { parseWebAddress } from "../lib/web-address.ts";
import type { Collector } from "../tracing/collector.ts";
import { ConfigError } from "./error.ts";

interface CollectorSettings {
  readonly otlp_endpoint: string;
  readonly otlp_headers: string;
  readonly otlp_protocol: Collector["protocol"];
}

/** What stands in it is taken as it is; to what stands anywhere else the path is added. */
const wholeAddress = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT";
const path = "/v1/traces";

/**
 * `undefined` where traces go nowhere. What the variables mean: https://opentelemetry.io/docs/specs/otel/protocol/exporter/
 *
 * @throws {ConfigError} for what cannot be asked. It is not quoted: it may hold a password
 */
export function readCollector(
  { otlp_endpoint, otlp_headers, otlp_protocol }: CollectorSettings,
  origins: Readonly<Record<keyof CollectorSettings, string>>,
): Collector | undefined {
  if (otlp_endpoint === "") return undefined;
  const url = parseWebAddress(otlp_endpoint);
  if (!url) throw new ConfigError(`${origins.otlp_endpoint}: expected an address such as http://127.0.0.1:4318`);
  if (url.username !== "" || url.password !== "")
    throw new ConfigError(`${origins.otlp_endpoint}: it holds no name or password: put them into otlp_headers`);
  if (origins.otlp_endpoint !== wholeAddress && !url.pathname.endsWith(path))
    url.pathname = url.pathname.replace(/\/*$/, path);
  return { url: url.href, headers: readHeaders(otlp_headers, origins.otlp_headers), protocol: otlp_protocol };
}

/** Values that no log may show: whole, and without the word that says what kind of key they are. */
export function secretsOfCollector({ headers }: Collector): string[] {
  return Object.values(headers).flatMap((value) => [value, value.replace(/^\w+ +/, "")]);
}

/** Pairs as in W3C's Baggage: values may be percent-encoded. */
function readHeaders(text: string, origin: string): Record<string, string> {
  const pairs = text.split(",").filter((pair) => pair.trim() !== "");
  return Object.fromEntries(
    pairs.map((pair) => {
      const [, name, value = ""] = /^\s*([\w!#$%&'*+.^`|~-]+)\s*=\s*(.*?)\s*$/.exec(pair) ?? [];
      const decoded = decodePercent(value);
      if (name === undefined || decoded === undefined || !/^[\x20-\x7e]+$/.test(decoded))
        throw new ConfigError(
          `${origin}: expected name=value,name=value of ASCII, %20 for a space and %2C for a comma`,
        );
      return [name, decoded];
    }),
  );
}
