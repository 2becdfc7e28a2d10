import { createBreather } from "../lib/breather.ts";
import { oneLine } from "../lib/text.ts";
import { ApiError } from "../protocol/errors.ts";
import { toCanonical } from "./canonical.ts";
import type { SearchResult } from "./engine.ts";
import type { WebPage, WebSearch } from "./web-search.ts";
import { cutToWords, findWordEnds, share } from "./words.ts";

/** Once more are there than are still waited for, these have only so much longer; arbitrary. */
const stragglersMs = 1500;

/**
 * Reads all that was found, for as long as `signal` allows. What cannot be read is given in the engine's words, or left
 * out where it has none; two results that are one page are one.
 *
 * @param note is told of each that could not be read, and why
 */
export async function readAll(
  results: readonly SearchResult[],
  read: WebSearch["read"],
  signal: AbortSignal,
  note: (log: string) => void,
): Promise<WebPage[]> {
  const straggling = new AbortController();
  const ended = AbortSignal.any([signal, straggling.signal]);
  let timer: Timer | undefined;
  let arrived = 0;
  let open = results.length;
  const pages = await Promise.all(
    results.map(async ({ url, title, snippet }): Promise<Found> => {
      try {
        const page = await read(url, ended);
        arrived++;
        const weight = toCanonical(page.url) === toCanonical(url) ? 2 : 1;
        return { page: { ...page, title: page.title || title }, weight };
      } catch (thrown) {
        const why = thrown instanceof ApiError ? thrown.message : "something failed inside the server";
        note(`${oneLine(url, 200)} was not read: ${why}`);
        return { page: { url, title, text: snippet }, weight: 0 };
      } finally {
        open--;
        if (arrived > open) timer ??= setTimeout(() => straggling.abort(tooLate), stragglersMs);
      }
    }),
  ).finally(() => clearTimeout(timer));
  const each = new Map<string, Found>();
  for (const found of pages) {
    const address = toCanonical(found.page.url);
    const before = each.get(address);
    // It keeps its place where another was there that weighs less.
    if (!before || found.weight > before.weight) each.set(address, found);
  }
  return [...each.values()].map(({ page }) => page).filter(({ text }) => text !== "");
}

interface Found {
  readonly page: WebPage;
  /** 0 if it is only what the engine shows of it, 1 if it has led or only says that it belongs to its address, 2 if it was read there. */
  readonly weight: number;
}

const tooLate = new ApiError("fetch_failed", "it took longer than the others");

/** Cut to so many words in all. Each has an equal share, and of what short ones leave. */
export async function cutAll(pages: readonly WebPage[], maxWords: number): Promise<WebPage[]> {
  const breathe = createBreather();
  // One after the other: together they would take their turns all at once.
  const ends: number[][] = [];
  for (const { text } of pages) ends.push(await findWordEnds(text, maxWords + 1, breathe));
  const shares = share(
    maxWords,
    ends.map(({ length }) => length),
  );
  const cut: WebPage[] = [];
  for (const [index, page] of pages.entries()) {
    const others = breathe();
    if (others) await others;
    const own = ends[index] ?? [];
    const words = shares[index] ?? 0;
    if (words > 0) cut.push({ ...page, text: cutToWords(page.text, own, words) });
  }
  return cut;
}
