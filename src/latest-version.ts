import { openDeadline } from "./lib/deadline.ts";
import { textAt, tryParseJson } from "./lib/json.ts";
import { ApiError } from "./protocol/errors.ts";
import { readUpstreamText } from "./providers/upstream.ts";

/** What is asked knows it, or else it is not waited for. */
const patienceMs = 10_000;
/** A release's description, and the list of its files, may be long. */
const maxBytes = 1024 * 1024;

export interface LatestVersionSettings {
  readonly update_url: string;
  readonly isProxied: boolean;
}

/**
 * The version that `update_url` names: a release as code hosts describe it (`tag_name`), a package as registries do
 * (`version`), or a text that is a version and nothing else. Nothing is told of us but the address that we come from.
 *
 * @throws {ApiError} where it cannot be read
 */
export async function readLatestVersion(
  { update_url, isProxied }: LatestVersionSettings,
  signal = new AbortController().signal,
): Promise<string> {
  const toFailure = () => new ApiError("upstream_timeout", `update_url has not answered within ${patienceMs / 1000} s`);
  using deadline = openDeadline(signal, patienceMs, toFailure);
  const waiting = { connectMs: patienceMs, firstByteMs: patienceMs, loadMs: patienceMs, silenceMs: patienceMs };
  const said = await readUpstreamText(
    {
      url: update_url,
      method: "GET",
      headers: { accept: "application/json, text/plain" },
      signal: deadline.signal,
      limits: { ...waiting, isProxied },
      context: { provider: "update_url", keySetting: undefined, redact: (text) => text },
      followsRedirects: true,
    },
    maxBytes,
  );
  const json = tryParseJson(said);
  const named = textAt(json, "tag_name") ?? textAt(json, "version") ?? said.trim();
  const found = /^v?(\d+\.\d+\.\d+(-[\w.-]+)?)(\+[\w.-]+)?$/.exec(named)?.[1];
  if (found !== undefined) return found;
  throw new ApiError(
    "upstream_failed",
    'update_url names no version: expected JSON with "tag_name" or "version", such as {"version":"1.2.3"}',
  );
}

/** Whether the first comes after the second. */
export function isNewer(version: string, than: string): boolean {
  return Bun.semver.order(version, than) > 0;
}
