import { parseJson } from "../lib/json.ts";
import { keysWithin } from "../lib/key-like.ts";
import { createRedactor } from "../lib/redactor.ts";
import { ApiError } from "../protocol/errors.ts";
import { addressGaps } from "./address.ts";
import { type FailureContext, missingKey } from "./failure.ts";
import type { Call, ProviderOptions } from "./provider.ts";
import { readUpstream, readUpstreamText, type UpstreamBody, type UpstreamRequest } from "./upstream.ts";

/** How one provider is asked, whatever for: its address, keys, limits and failures. */
export interface Requests {
  /** A request that is still to be sent. @throws {ApiError} `missing_auth` where there is no key or no address */
  create(errand: Errand, call: Call): UpstreamRequest;
  /** An answer that is one JSON document. @throws {ApiError} of the upstream's failure */
  json(errand: Errand, call: Call): Promise<unknown>;
  /** An answer as it comes. @throws {ApiError} of the upstream's failure */
  bytes(errand: Errand, call: Call): AsyncGenerator<Uint8Array>;
  /** @throws {ApiError} `upstream_failed` for what is not JSON */
  parse(text: string): unknown;
}

/** What is asked for. */
export interface Errand {
  /** Under the base address. */
  readonly path: string;
  /** JSON where it is an object, a form, or bytes with their type; without one it is a GET. */
  readonly body?: UpstreamBody | Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** Whether its first byte may take as long as a model takes to load, or to think. */
  readonly isSlow?: boolean;
  readonly followsRedirects?: UpstreamRequest["followsRedirects"];
  readonly onHead?: UpstreamRequest["onHead"];
}

export interface RequestsParts {
  readonly name: string;
  readonly auth: boolean;
  readonly baseUrl: string;
  headers(key: string | undefined): Record<string, string>;
  readonly classify?: FailureContext["classify"];
  readonly options: ProviderOptions;
}

/** The operator's headers stand in place of the adapter's, whatever their case; but never of a caller's own key. */
function merged(
  own: Readonly<Record<string, string>>,
  set: Readonly<Record<string, string>> = {},
  isCallersKey: boolean,
): Record<string, string> {
  const isSame = (one: string) => (other: string) => one.toLowerCase() === other.toLowerCase();
  const kept = Object.entries(own).filter(([name]) => isCallersKey || !Object.keys(set).some(isSame(name)));
  const added = Object.entries(set).filter(([name]) => !isCallersKey || !Object.keys(own).some(isSame(name)));
  return Object.fromEntries([...kept, ...added]);
}

/** The operator's own header stands in place of the jar's. */
function hasCookies(headers: Readonly<Record<string, string>>): boolean {
  return Object.keys(headers).some((name) => name.toLowerCase() === "cookie");
}

/** What is sent is noted among the values that no message may show. */
function cookieHeader(
  find: NonNullable<ProviderOptions["cookies"]>,
  known: Set<string>,
): NonNullable<UpstreamRequest["cookies"]> {
  return async (url) => {
    const cookies = await find(url);
    for (const { value } of cookies) known.add(value);
    // A header is bytes, which `fetch` takes as characters of Latin 1.
    const bytes = Buffer.from(cookies.map(({ name, value }) => `${name}=${value}`).join("; "));
    return bytes.byteLength === 0 ? undefined : bytes.toString("latin1");
  };
}

/** Most that a document may hold, in bytes: pictures come in them as base64. */
export const maxMadeBytes = 128 * 1024 * 1024;
/** Of what is only asked for: lists, balances, the state of a job. */
const maxReadBytes = 16 * 1024 * 1024;

export function createRequests({ name, auth, baseUrl, headers, classify, options }: RequestsParts): Requests {
  const { apiKeys = [], limits } = options;
  const inAddress = URL.canParse(baseUrl) ? keysWithin(baseUrl) : [];
  const secrets = [...apiKeys, ...Object.values(options.headers ?? {}), ...inAddress];

  const create: Requests["create"] = (errand, call) => {
    const key = call.apiKey ?? apiKeys[call.keyIndex ?? 0];
    const known = new Set(call.apiKey === undefined ? secrets : [call.apiKey, ...secrets]);
    const context: FailureContext = {
      provider: name,
      keySetting: options.keySetting,
      redact: createRedactor(known),
      classify,
    };
    if (auth && key === undefined) throw missingKey(context);
    const [gap] = addressGaps(baseUrl);
    if (gap !== undefined) throw new ApiError("missing_auth", `no address for ${name}; set ${gap}`);
    const { body } = errand;
    const sentHeaders = merged({ ...headers(key), ...errand.headers }, options.headers, call.apiKey !== undefined);
    const isRaw = body === undefined || body instanceof FormData || body instanceof Uint8Array;
    return {
      url: `${baseUrl.replace(/\/+$/, "")}${errand.path}`,
      method: body === undefined ? "GET" : "POST",
      headers: {
        ...(!isRaw && { "content-type": "application/json" }),
        ...sentHeaders,
      },
      body: isRaw ? body : JSON.stringify(body),
      signal: call.signal,
      onHead: errand.onHead ?? call.onHead,
      followsRedirects: errand.followsRedirects,
      ips: options.ips,
      cookies: options.cookies && !hasCookies(sentHeaders) ? cookieHeader(options.cookies, known) : undefined,
      limits: {
        ...limits,
        firstByteMs: errand.isSlow ? limits.loadMs : limits.firstByteMs,
        silenceMs: Math.min(limits.silenceMs, call.silenceMs ?? Infinity),
        isCallersSilence: (call.silenceMs ?? Infinity) < limits.silenceMs,
      },
      context,
    };
  };

  const parse: Requests["parse"] = (text) => {
    try {
      return parseJson(text);
    } catch (cause) {
      throw new ApiError("upstream_failed", `${name} sent something that is not JSON`, { cause });
    }
  };

  return {
    create,
    parse,
    async json(errand, call) {
      const request = create(errand, call);
      return parse(await readUpstreamText(request, request.method === "GET" ? maxReadBytes : maxMadeBytes));
    },
    bytes: (errand, call) => readUpstream(create(errand, call)),
  };
}
