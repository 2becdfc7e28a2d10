import { type Clock, dayEnd } from "../lib/clock.ts";
import { textAt, tryParseJson } from "../lib/json.ts";
import { createSharedWork } from "../lib/shared-work.ts";
import type { Cache } from "../store/cache.ts";
import { parseAddress } from "./guard.ts";
import { createHeldBytes, type Held } from "./held-bytes.ts";
import { ownAddress } from "./own-address.ts";
import type { PageHead, Pages } from "./page.ts";
import type { ReadPageText } from "./page-text.ts";
import type { Robots } from "./robots.ts";
import { createTurns } from "./turns.ts";
import type { WebPage, WebSearch } from "./web-search.ts";

export interface ReaderParts {
  readonly pages: Pages;
  /** `undefined` where sites are not asked. */
  readonly robots: Robots | undefined;
  readonly readText: ReadPageText;
  readonly cache: Cache;
  /** What may be read here: a page that was read where more may be is not given here. */
  readonly scope: string;
  readonly clock: Clock;
}

/** Arbitrary. */
const maxBytes = 5 * 1024 * 1024;
/** Of all pages that wait to be read; arbitrary. */
const maxHeldBytes = 256 * 1024 * 1024;
/** So that one page that hangs leaves time for the others of its host. */
const timeoutMs = 4000;

/** What has text, or may have it: a host that does not say what it sends leaves it to the bytes. */
const accepts =
  /^(text\/(html|plain|(x-)?markdown|xml|csv|rtf)|application\/((.+\+)?(xml|json)|pdf|rtf|msword|epub\+zip|vnd\.(openxmlformats|oasis|ms-excel|ms-powerpoint).*))?$/;

/** Reads pages: each once a day, and one at a time of each host. */
export function createReader(parts: ReaderParts): WebSearch["read"] {
  const { pages, robots, readText, cache, scope, clock } = parts;
  const turns = createTurns();
  const heldBytes = createHeldBytes(maxHeldBytes);
  const readings = createSharedWork<WebPage>();

  return async (address, signal) => {
    const url = parseAddress(address);
    url.hash = "";
    return readings.join(url.href, signal, (ending) => read(url, ending));
  };

  async function read(url: URL, signal: AbortSignal): Promise<WebPage> {
    const key = `${scope}\n${url.href}`;
    const kept = toPage(await cache.find("page", key));
    if (kept) return kept;
    using page = await fetchPage(url, signal);
    const { title, text, canonical } = await readText(page, signal);
    const read = { url: ownAddress(page.url, canonical), title, text };
    await cache.put("page", key, JSON.stringify(read), dayEnd(clock()));
    return read;
  }

  async function fetchPage(url: URL, signal: AbortSignal): Promise<PageHead & Held> {
    using turn = turns.open();
    const ask = async (url: URL, signal: AbortSignal) => {
      await turn.moveTo(url.hostname, signal);
      await robots?.assertAllowed(url, signal);
    };
    await ask(url, signal);
    using page = await pages.open(url.href, { signal, maxBytes, timeoutMs, accepts, beforeHop: ask });
    return { url: page.url, type: page.type, charset: page.charset, ...(await heldBytes.hold(page.pieces)) };
  }
}

function toPage(kept: string | undefined): WebPage | undefined {
  const page = tryParseJson(kept ?? "");
  const url = textAt(page, "url");
  const text = textAt(page, "text");
  return url === undefined || text === undefined ? undefined : { url, title: textAt(page, "title") ?? "", text };
}
