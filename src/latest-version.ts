import { textAt, tryParseJson } from "./lib/json.ts";
import { ApiError } from "./protocol/errors.ts";
import { readSmallText } from "./providers/small-text.ts";

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
  signal?: AbortSignal,
): Promise<string> {
  const said = await readSmallText({
    of: "update_url",
    url: update_url,
    headers: { accept: "application/json, text/plain" },
    maxBytes,
    patienceMs,
    isProxied,
    followsRedirects: true,
    signal,
  });
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
