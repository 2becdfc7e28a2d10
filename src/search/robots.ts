import { type Clock, dayEnd } from "../lib/clock.ts";
import { tryParseJson } from "../lib/json.ts";
import { toShownHost } from "../lib/web-address.ts";
import { ApiError } from "../protocol/errors.ts";
import type { Cache } from "../store/cache.ts";
import type { OpenPage, Pages } from "./page.ts";
import { PageRefusal } from "./page-refusal.ts";
import { isAllowed, parseRobots, type RobotsRules } from "./robots-rules.ts";

/** Leaves alone what sites ask robots to leave alone (RFC 9309). */
export interface Robots {
  /**
   * Asks the site, at most once a day. It is a request of its own: whoever asks has the host's turn.
   *
   * @throws {ApiError} `fetch_failed` where the page is not to be read, `address_not_allowed` where its host is not to be
   *   asked; the signal's reason
   */
  assertAllowed(url: URL, signal: AbortSignal): Promise<void>;
}

export interface RobotsParts {
  readonly pages: Pages;
  readonly cache: Cache;
  readonly clock: Clock;
}

/** As sites name us. */
const token = "parley";

/** RFC 9309 §2.5: at least so much of it is read. */
const maxBytes = 500 * 1024;
const timeoutMs = 2000;

/** A site that could not say is asked again after so long; arbitrary. */
const silenceMs = 60_000;

/** In place of rules: nobody knows them, so nothing may be read (§2.3.1.4). */
const unknown = "unknown";

export function createRobots({ pages, cache, clock }: RobotsParts): Robots {
  return {
    async assertAllowed(url, signal) {
      const host = toShownHost(url);
      const rules = (await find(url.origin)) ?? (await ask(url.origin, signal));
      if (rules === unknown)
        throw new ApiError(
          "fetch_failed",
          `${host} is not read: it does not say what robots may read, its robots.txt could not be fetched`,
        );
      if (!(await isAllowed(rules, url)))
        throw new ApiError("fetch_failed", `${host} asks robots to leave this page alone, in its robots.txt`);
    },
  };

  async function find(origin: string): Promise<RobotsRules | typeof unknown | undefined> {
    const kept = tryParseJson((await cache.find("robots", origin)) ?? "");
    if (kept === unknown) return unknown;
    return Array.isArray(kept) ? kept.filter((rule) => typeof rule === "string") : undefined;
  }

  async function ask(origin: string, signal: AbortSignal): Promise<RobotsRules | typeof unknown> {
    const rules = await fetchRules(origin, signal);
    await cache.put("robots", origin, JSON.stringify(rules), rules === unknown ? clock() + silenceMs : dayEnd(clock()));
    return rules;
  }

  async function fetchRules(origin: string, signal: AbortSignal): Promise<RobotsRules | typeof unknown> {
    try {
      using page = await pages.open(`${origin}/robots.txt`, { signal, maxBytes: Infinity, timeoutMs });
      return await parseRobots(new TextDecoder().decode(await readBeginning(page)), token);
    } catch (thrown) {
      signal.throwIfAborted();
      if (!(thrown instanceof ApiError) || thrown.reason === "address_not_allowed") throw thrown;
      // There is none, or none for us (§2.3.1.3).
      const isMissing = thrown instanceof PageRefusal && thrown.answered < 500;
      return isMissing ? [] : unknown;
    }
  }
}

/** What is longer is read as far as we read. */
async function readBeginning({ pieces }: OpenPage): Promise<Uint8Array> {
  const read: Uint8Array<ArrayBuffer>[] = [];
  let length = 0;
  for await (const piece of pieces) {
    read.push(piece);
    length += piece.byteLength;
    if (length >= maxBytes) break;
  }
  return Bun.concatArrayBuffers(read, maxBytes, true);
}
