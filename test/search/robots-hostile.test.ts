import { expect, test } from "bun:test";
import { isAllowed, parseRobots } from "../../src/search/robots-rules.ts";

const size = 500 * 1024;
const rules = (line: string) => `User-agent: *\n${line.repeat(Math.ceil(size / line.length)).slice(0, size)}`;

/** How long others wait at most while the file is read, and a long path is compared with it. */
async function longestWait(text: string): Promise<number> {
  let last = performance.now();
  let longest = 0;
  const look = () => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
  };
  const timer = setInterval(look, 1);
  await isAllowed(await parseRobots(text, "parley"), new URL(`https://site.test/${"a".repeat(8000)}`));
  look();
  clearInterval(timer);
  return longest;
}

test.each([
  ["one rule of letters that are to be escaped", `User-agent: *\nDisallow: /${"é".repeat(size / 2)}`],
  ["one rule of stars", `User-agent: *\nDisallow: ${"*".repeat(size)}`],
  ["empty lines", "\n".repeat(size)],
  ["many rules", rules("allow:/a\n")],
])("a robots.txt of half a megabyte holds nobody up: %s", async (_, text) => {
  // Of several tries the best: a machine that is busy makes others wait as well.
  const waits: number[] = [];
  for (let tries = 0; tries < 5; tries++) waits.push(await longestWait(text));
  expect(Math.min(...waits)).toBeLessThan(20);
});

test("a rule that no path is as long as counts as none", async () => {
  const text = `User-agent: *\nDisallow: /${"*a".repeat(3000)}\nDisallow: /b`;
  const parsed = await parseRobots(text, "parley");
  expect(parsed).toEqual(["-/b"]);
});
