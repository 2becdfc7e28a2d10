import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { settingNames } from "../../src/config/settings.ts";
import { maxFrameBytes } from "../../src/protocol/channel.ts";
import { errorCodes } from "../../src/protocol/errors.ts";
import { openApp } from "../support/app.ts";
import { root } from "../support/command.ts";
import { askRaw } from "../support/raw-request.ts";

/** The cells of the table of limits, without its head. */
const table = readFileSync(join(root, "src/help/security.md"), "utf8")
  .split("\n\n")
  .find((block) => block.startsWith("| What  "))!
  .split("\n")
  .slice(2)
  .map((row) => row.split("|").slice(1, -1));
const names = (cell = "") => [...cell.matchAll(/`([^`]+)`/g)].map(([, name = ""]) => name);

describe("the table of limits", () => {
  test("has every setting that is one, and none that there is not", () => {
    const named = table.flatMap(([cell]) => names(cell)).filter((name) => /^[a-z_]+$/.test(name));
    expect(named.filter((name) => !(settingNames as string[]).includes(name))).toEqual([]);
    // How many words are put before a question bounds no resource.
    const limits = settingNames.filter((name) => name.startsWith("max_") && name !== "max_words");
    const said = new Set(table.flat().flatMap(names));
    expect(limits.filter((name) => !said.has(name))).toEqual([]);
  });

  test("says with each code its status", () => {
    const said = table.flatMap(([, , cell = ""]) => [...cell.matchAll(/(\d{3}) `(\w+)`/g)]);
    const known: Readonly<Record<string, { readonly status: number }>> = errorCodes;
    expect(said.length).toBeGreaterThan(10);
    expect(said.map(([, status, code = ""]) => [code, Number(status)])).toEqual(
      said.map(([, , code = ""]) => [code, known[code]?.status ?? 0]),
    );
  });
});

/** Each is sent by itself, over a connection of its own, which the other side must close; or it is answered. */
const rows: readonly (readonly [name: string, send: string, answer: RegExp])[] = [
  ["a head of 20 KB", `GET / HTTP/1.1\r\nhost: a\r\nx: ${"y".repeat(20_000)}\r\n\r\n`, /^HTTP\/1.1 431 /],
  ["201 headers", `GET / HTTP/1.1\r\nhost: a\r\n${"x: y\r\n".repeat(201)}\r\n`, /^HTTP\/1.1 431 /],
  ["an address of 20 KB", `GET /${"y".repeat(20_000)} HTTP/1.1\r\nhost: a\r\n\r\n`, /^HTTP\/1.1 4(31|14) /],
  ["two lengths", "POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab", /^HTTP\/1.1 400 /],
  [
    "a length and chunks",
    "POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
    /^HTTP\/1.1 400 /,
  ],
  ["a zero in a header", "GET / HTTP/1.1\r\nhost: a\r\nx: \0\r\n\r\n", /^HTTP\/1.1 400 /],
  ["what is no HTTP", "\x16\x03\x01\x02\0\x01\0\x01\r\n\r\n", /^(HTTP\/1.1 400 |$)/],
  [
    "garbage behind a request",
    "GET /healthz HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n\0\x01garbage\r\n\r\n",
    /^HTTP\/1.1 200 [\s\S]*("ok"}|400)/,
  ],
];

test("what is no request is refused, its connection closed, and nobody else hears of it", async () => {
  await using app = await openApp();
  const said = await Promise.all(rows.map(async ([name, send]) => [name, await askRaw(app.origin, send)]));
  expect(said).toEqual(rows.map(([name, , answer]) => [name, expect.stringMatching(answer)]));
  expect([maxFrameBytes, (await app.get("/healthz")).status]).toEqual([1_048_576, 200]);
});
