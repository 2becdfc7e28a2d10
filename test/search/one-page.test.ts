import { expect, test } from "bun:test";
import { readAll } from "../../src/search/gather.ts";

const signal = new AbortController().signal;
const result = (url: string) => ({ url, title: "", snippet: `about ${url}` });

/** What is gathered where each address leads to another, or cannot be read. */
async function gather(ends: Readonly<Record<string, string | undefined>>) {
  const read = async (url: string) => {
    const end = ends[url];
    if (end === undefined) throw new Error("gone");
    return { url: end, title: "", text: `read at ${url}` };
  };
  const pages = await readAll(Object.keys(ends).map(result), read, signal, () => {});
  return pages.map(({ url, text }) => [url, text]);
}

const [bank, liar] = ["https://site.test/bank", "https://site.test/liar"];

test("a page that calls itself by another's address does not take the other's place", async () => {
  const both = [[bank, `read at ${bank}`]];
  expect(await gather({ [liar]: bank, [bank]: bank })).toEqual(both);
  expect(await gather({ [bank]: bank, [liar]: bank })).toEqual(both);
});

test("of one page under two addresses that is given which could be read", async () => {
  expect(await gather({ [bank]: undefined, [liar]: bank })).toEqual([[bank, `read at ${liar}`]]);
  expect(await gather({ [bank]: undefined, [liar]: undefined })).toEqual([
    [bank, `about ${bank}`],
    [liar, `about ${liar}`],
  ]);
});
