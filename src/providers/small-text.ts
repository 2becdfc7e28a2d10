import { openDeadline } from "../lib/deadline.ts";
import { keysWithin } from "../lib/key-like.ts";
import { createRedactor } from "../lib/redactor.ts";
import { ApiError } from "../protocol/errors.ts";
import { readUpstreamText, type UpstreamRequest } from "./upstream.ts";

/** A short text at an address of the operator's own. */
export interface SmallText extends Pick<UpstreamRequest, "url" | "ips" | "followsRedirects"> {
  /** What it is of, as people call it: it stands in what is thrown. */
  readonly of: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly maxBytes: number;
  /** For all of it. */
  readonly patienceMs: number;
  readonly isProxied: boolean;
  readonly signal?: AbortSignal | undefined;
}

/** @throws {ApiError} where it cannot be read in that time */
export async function readSmallText(asked: SmallText): Promise<string> {
  const { of, url, ips, followsRedirects, headers = {}, maxBytes, patienceMs, isProxied } = asked;
  const { signal = new AbortController().signal } = asked;
  const toFailure = () => new ApiError("upstream_timeout", `${of} has not answered within ${patienceMs / 1000} s`);
  // Whoever refuses may quote what it was sent.
  const secrets = [...Object.values(headers), ...keysWithin(url)];
  using deadline = openDeadline(signal, patienceMs, toFailure);
  return await readUpstreamText(
    {
      url,
      method: "GET",
      headers,
      signal: deadline.signal,
      limits: {
        connectMs: patienceMs,
        firstByteMs: patienceMs,
        loadMs: patienceMs,
        silenceMs: patienceMs,
        isProxied,
      },
      context: { provider: of, keySetting: undefined, redact: createRedactor(secrets) },
      ips,
      followsRedirects,
    },
    maxBytes,
  );
}
