import { describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ApiError } from "../../src/protocol/errors.ts";
import { zoneOf } from "../support/name-server.ts";
import { limits, openPages } from "../support/pages.ts";
import { answer, openUpstream } from "../support/scripted-upstream.ts";

const codes = [300, 301, 302, 303, 305, 307, 308];

/** Where a page may try to send us: to a port of this machine where nobody may ask anything, or to a file. */
const targets = (port: number, file: string, entry: string) => [
  `http://127.0.0.1:${port}/`,
  `http://localhost:${port}/`,
  `http://[::1]:${port}/`,
  `http://[::ffff:127.0.0.1]:${port}/`,
  `http://0.0.0.0:${port}/`,
  `http://2130706433:${port}/`,
  `http://0x7f.1:${port}/`,
  `http://inside.test:${port}/`,
  `http://mixed.test:${port}/`,
  `http://entry.test:${port}/`,
  `//127.0.0.1:${port}/`,
  `\\\\127.0.0.1:${port}/`,
  `http:/\\127.0.0.1:${port}/`,
  `http://user:word@${entry}/landed`,
  `file://${file}`,
  `file:${file}`,
  `data:text/plain,landed`,
  `ftp://127.0.0.1:${port}/`,
  `http://[`,
  "",
  `http://127.0.0.1:${port}/\t\u00e9`,
];

describe("a page that sends on", () => {
  test("is followed to no place that it could not have been asked for at", async () => {
    const folder = mkdtempSync(join(tmpdir(), "parley-redirect-"));
    const file = join(folder, "secret.txt");
    await Bun.write(file, "landed");
    let hits = 0;
    const landed = () => new Response(`landed ${++hits}`);
    using canary = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: landed });
    using canarySix = Bun.serve({ hostname: "::1", port: canary.port!, fetch: landed });
    const zone = zoneOf({
      "entry.test": ["127.0.0.1"],
      "inside.test": ["127.0.0.1"],
      "mixed.test": ["93.184.216.34", "127.0.0.1"],
    });
    using entry = openUpstream(({ path }) => {
      const [, code, index] = path.split("/");
      const target = targets(canarySix.port!, file, host)[Number(index)];
      return answer(code === "landed" ? 200 : Number(code), "landed", target === undefined ? {} : { location: target });
    });
    const host = `entry.test:${new URL(entry.origin).port}`;
    await using opened = await openPages([host], { zone });
    const count = targets(0, "", "").length;
    const tried: unknown[] = [];
    for (const code of codes)
      for (let index = 0; index < count; index++) {
        const fetched = await opened.pages.fetch(`http://${host}/${code}/${index}`, limits).catch((thrown) => thrown);
        tried.push(fetched instanceof ApiError && fetched.status === 400 ? "refused" : [code, index, fetched]);
      }
    expect(tried).toEqual(tried.map(() => "refused"));
    expect(tried).toHaveLength(codes.length * count);
    expect(hits).toBe(0);
    // Nor was it asked itself for where an address with a password led.
    expect(entry.requests.filter(({ path }) => path === "/landed")).toEqual([]);
    rmSync(folder, { recursive: true });
  });

  test("tells nobody where it leads inside", async () => {
    using entry = openUpstream(() => answer(302, "", { location: "http://db.corp.test:5432/" }));
    await using opened = await openPages(["127.0.0.1"], { zone: zoneOf({ "db.corp.test": ["10.0.0.1"] }) });
    const host = new URL(entry.origin).host;
    await expect(opened.pages.fetch(entry.origin, limits)).rejects.toThrow(
      `${host} is not fetched: it leads to an address that is not allowed`,
    );
  });

  test("is followed five times and no more, and each hop is looked up once", async () => {
    using entry = openUpstream(({ path }) => {
      const left = Number(path.slice(1));
      return left === 0
        ? answer(200, "landed")
        : answer(302, "", { location: `./${left - 1}?a#b`.replace("?a#b", "") });
    });
    const { port } = new URL(entry.origin);
    await using opened = await openPages(["hop.test"], { zone: zoneOf({ "hop.test": ["127.0.0.1"] }) });
    const page = await opened.pages.fetch(`http://hop.test:${port}/5`, limits);
    expect(page.url.pathname).toBe("/0");
    expect(new TextDecoder().decode(page.bytes)).toBe("landed");
    expect(opened.nameServer.asked.filter((each) => each === "A hop.test")).toHaveLength(6);
    await expect(opened.pages.fetch(`http://hop.test:${port}/6`, limits)).rejects.toThrow("more than 5 times");
    expect(entry.requests).toHaveLength(12);
  });

  test("is followed to a host that the operator allows as well, and carries nothing over", async () => {
    using second = openUpstream(() => answer(200, "landed"));
    const there = `second.test:${new URL(second.origin).port}`;
    using first = openUpstream(() =>
      answer(307, "", { location: `http://${there}/x`, "set-cookie": "a=b; Domain=test" }),
    );
    const here = `first.test:${new URL(first.origin).port}`;
    const zone = zoneOf({ "first.test": ["127.0.0.1"], "second.test": ["127.0.0.1"] });
    await using opened = await openPages([here, there], { zone });
    expect((await opened.pages.fetch(`http://${here}/`, limits)).url.href).toBe(`http://${there}/x`);
    const headers = second.requests[0]?.headers ?? {};
    expect(headers.host).toBe(there);
    expect(Object.keys(headers).sort()).toEqual(["accept", "accept-encoding", "host", "user-agent"]);
  });
});
