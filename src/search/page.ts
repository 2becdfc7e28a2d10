import { openDeadline } from "../lib/deadline.ts";
import { textAt } from "../lib/json.ts";
import { toPinned } from "../lib/pinned.ts";
import { toShownHost } from "../lib/web-address.ts";
import { ApiError } from "../protocol/errors.ts";
import { type Guard, parseAddress } from "./guard.ts";
import { acceptedCodings, readPage } from "./page-body.ts";
import { PageRefusal } from "./page-refusal.ts";

/** Fetches what callers and pages name: every address of theirs passes here, and through the guard. */
export interface Pages {
  /** Read whole. @throws as `open`, and for a page that is too large, or breaks off */
  fetch(address: string, limits: PageLimits): Promise<Page>;
  /**
   * Its head, once redirects are followed; dispose it, read or not.
   *
   * @throws {ApiError} `address_not_allowed` of the guard, for the address or for one that it leads to; `fetch_failed`
   *   for whatever else went wrong on the way, other than the reason of `signal`.
   */
  open(address: string, limits: PageLimits): Promise<OpenPage>;
}

export interface PageLimits {
  readonly signal: AbortSignal;
  /** Of the page, as it comes and as it is once unpacked. */
  readonly maxBytes: number;
  /** For everything: looking up, redirects, and the last byte. */
  readonly timeoutMs: number;
  /** What its type must match, `text/html`; a page that tells none has `""`. Any type if not set. */
  readonly accepts?: RegExp;
  /** What of ours goes along. */
  readonly sends?: SentAlong;
  /** Called before each further address that it leads to is asked, once that is judged; what it throws ends it. */
  readonly beforeHop?: (url: URL, signal: AbortSignal) => Promise<void>;
}

/**
 * What goes to the origin that it is meant for, and nowhere else: a redirect to another one is not followed, and with
 * `json`, which makes it a POST, none is. Where a host has several addresses it may be sent to more than one of them.
 */
export interface SentAlong {
  readonly headers?: Readonly<Record<string, string>>;
  readonly json?: unknown;
}

/** What a page says of itself. */
export interface PageHead {
  /** Where it was found in the end. */
  readonly url: URL;
  /** In lower case and without parameters, `""` where none is told. It may be wrong: only the bytes tell what it is. */
  readonly type: string;
  readonly charset: string | undefined;
}

export interface Page extends PageHead {
  readonly bytes: Uint8Array<ArrayBuffer>;
}

export interface OpenPage extends PageHead, Disposable {
  /** Its bytes, unpacked, as they come; to be read once. @throws {ApiError} `fetch_failed` where they are too many, or break off */
  readonly pieces: AsyncIterable<Uint8Array<ArrayBuffer>>;
}

export interface PagesParts {
  readonly guard: Guard;
  /** `Parley/1.0`. */
  readonly userAgent: string;
  /** Longest wait for a head, and for each piece. */
  readonly silenceMs: number;
}

export function createPages({ guard, userAgent, silenceMs }: PagesParts): Pages {
  return {
    async fetch(address, limits) {
      using page = await open(address, limits);
      const pieces = await Array.fromAsync(page.pieces);
      const { url, type, charset } = page;
      return { url, type, charset, bytes: Bun.concatArrayBuffers(pieces, Infinity, true) };
    },
    open,
  };

  async function open(address: string, limits: PageLimits): Promise<OpenPage> {
    const { signal, maxBytes, timeoutMs, accepts } = limits;
    const asked = parseAddress(address);
    const host = toShownHost(asked);
    const deadline = openDeadline(signal, timeoutMs, () => failure(`${host} took longer than ${timeoutMs / 1000} s`));
    // Ends the connection of a page that nobody reads on.
    const closing = new AbortController();
    const ended = AbortSignal.any([deadline.signal, closing.signal]);
    const close = () => {
      deadline[Symbol.dispose]();
      closing.abort();
    };
    try {
      const { url, response } = await follow(asked, host, limits, ended);
      const [type = "", ...parameters] = (response.headers.get("content-type") ?? "").toLowerCase().split(";");
      if (!response.ok) throw new PageRefusal(host, response.status);
      if (accepts && !accepts.test(type.trim()))
        throw failure(`${host} sent something of a type that is of no use here`);
      const charset = parameters.map((each) => /^\s*charset="?([\w:.+-]+)/.exec(each)?.[1]).find(Boolean);
      const pieces = readPage(response, { host, maxBytes, silenceMs, ended });
      return { url, type: type.trim(), charset, pieces, [Symbol.dispose]: close };
    } catch (thrown) {
      close();
      throw thrown;
    }
  }

  async function follow(asked: URL, host: string, { sends, beforeHop }: PageLimits, ended: AbortSignal) {
    let url = asked;
    for (let hops = 0; hops <= maxRedirects; hops++) {
      const ips = await judgeHop(url, hops, host, ended);
      if (hops > 0) await beforeHop?.(url, ended);
      const response = await send(url, ips, host, sends, ended);
      const location = redirects.has(response.status) ? response.headers.get("location") : null;
      if (location === null) return { url, response };
      await response.body?.cancel().catch(() => {});
      url = hopTo(location, url, host);
      if (sends && (sends.json !== undefined || url.origin !== asked.origin))
        throw failure(`${host} sends on to another place, which what it is sent is not meant for`);
    }
    throw failure(`${host} sends from one address to the next more than ${maxRedirects} times`);
  }

  /** Where a page leads to is not told: an allowed one may lead inside. */
  async function judgeHop(url: URL, hops: number, host: string, ended: AbortSignal): Promise<readonly string[]> {
    try {
      return await guard.judge(url, ended);
    } catch (thrown) {
      throw hops > 0 && thrown instanceof ApiError && thrown.reason === "address_not_allowed" ? misled(host) : thrown;
    }
  }

  /** To one of its addresses after the other, until one answers. */
  async function send(
    url: URL,
    ips: readonly string[],
    host: string,
    sends: SentAlong | undefined,
    ended: AbortSignal,
  ): Promise<Response> {
    const body = sends?.json === undefined ? undefined : JSON.stringify(sends.json);
    const ours = { ...sends?.headers, ...(body !== undefined && { "content-type": "application/json" }) };
    let last: unknown;
    for (const ip of ips.slice(0, maxAddresses)) {
      const { address, init } = toPinned(url, ip);
      const silent = new AbortController();
      const timer = setTimeout(() => silent.abort(), silenceMs);
      try {
        return await fetch(address, {
          ...init,
          ...(body !== undefined && { method: "POST", body }),
          headers: { ...ours, ...init.headers, "user-agent": userAgent, "accept-encoding": acceptedCodings },
          signal: AbortSignal.any([ended, silent.signal]),
          // Unpacked where it is counted (`page-body.ts`).
          decompress: false,
          keepalive: false,
        });
      } catch (thrown) {
        ended.throwIfAborted();
        last = thrown;
      } finally {
        clearTimeout(timer);
      }
    }
    const isForged = /CERT|VERIFY/.test(textAt(last, "code") ?? "");
    const why = isForged
      ? "has no certificate that proves who it is"
      : "could not be reached, or gave no readable answer";
    throw failure(`${host} ${why}`, last);
  }
}

/** Contract §10. */
const maxRedirects = 5;
const redirects: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** Of one host; who has more is not down. Arbitrary. */
const maxAddresses = 3;

function hopTo(location: string, from: URL, host: string): URL {
  try {
    return parseAddress(location, from);
  } catch {
    throw misled(host);
  }
}

function misled(host: string): ApiError {
  return new ApiError("address_not_allowed", `${host} is not fetched: it leads to an address that is not allowed`);
}

function failure(message: string, cause?: unknown): ApiError {
  return new ApiError("fetch_failed", message, { cause });
}
