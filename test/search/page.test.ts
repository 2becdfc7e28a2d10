import { describe, expect, test } from "bun:test";
import { gzipSync } from "bun";
import { ApiError } from "../../src/protocol/errors.ts";
import { fetchMedium } from "../../src/search/named-medium.ts";
import type { PageLimits } from "../../src/search/page.ts";
import { zoneOf } from "../support/name-server.ts";
import { limits, openPages } from "../support/pages.ts";
import { answer, chunked, lastChunk, openUpstream, type Script, type Step } from "../support/scripted-upstream.ts";

/** A page at `web.test`, which only the operator's word makes reachable, and what came of fetching it. */
async function fetchFrom(script: Script, own: Partial<PageLimits & { path: string; silenceMs: number }> = {}) {
  using upstream = openUpstream(script);
  const { port } = new URL(upstream.origin);
  const zone = zoneOf({ "web.test": ["127.0.0.1"] });
  await using opened = await openPages([`web.test:${port}`], { zone, silenceMs: own.silenceMs ?? 5000 });
  const fetched = opened.pages.fetch(`http://web.test:${port}${own.path ?? "/"}`, { ...limits, ...own });
  const result = await fetched.catch((thrown: unknown) => thrown);
  const host = `web.test:${port}`;
  return {
    requests: upstream.requests,
    asked: opened.nameServer.asked,
    page: result instanceof Error ? undefined : (result as Awaited<typeof fetched>),
    thrown: result,
    said: result instanceof ApiError ? `${result.reason}: ${result.message.replace(host, "HOST")}` : undefined,
  };
}

const packed = (bytes: Uint8Array, coding: string): Step[] => [
  `HTTP/1.1 200 OK\r\ncontent-encoding: ${coding}\r\ncontent-length: ${bytes.byteLength}\r\n\r\n`,
  bytes,
];

describe("a page", () => {
  test("comes with its address, type and bytes, and is asked for as what we are, with nothing of anybody's", async () => {
    const { page, requests } = await fetchFrom(
      () => answer(200, "<p>hello", { "content-type": 'Text/HTML; Charset="UTF-8"', "set-cookie": "a=b" }),
      { path: "/a%20b?c=d#e" },
    );
    expect(page).toMatchObject({ type: "text/html", charset: "utf-8" });
    expect(new TextDecoder().decode(page?.bytes)).toBe("<p>hello");
    expect(page?.url.pathname).toBe("/a%20b");
    const [request] = requests;
    expect(request).toMatchObject({ method: "GET", path: "/a%20b?c=d" });
    expect(request?.headers).toEqual({
      accept: "*/*",
      "accept-encoding": "gzip, deflate",
      host: page?.url.host ?? "",
      "user-agent": "Parley/test",
    });
  });

  test("is fetched from the address that was judged, whatever the name means a moment later", async () => {
    using upstream = openUpstream(() => answer(200, "judged"));
    const { port } = new URL(upstream.origin);
    // On every other address of this machine somebody else answers.
    let hits = 0;
    const listening = { hostname: "127.0.0.2", port: Number(port) };
    using _ = Bun.serve({ ...listening, fetch: () => new Response(`canary ${++hits}`) });
    await using opened = await openPages(["rebound.test"], {
      zone: (_, type, count) => ({ addresses: type === "AAAA" ? [] : [count === 1 ? "127.0.0.1" : "127.0.0.2"] }),
    });
    const page = await opened.pages.fetch(`http://rebound.test:${port}/`, limits);
    expect(new TextDecoder().decode(page.bytes)).toBe("judged");
    expect(upstream.requests[0]?.headers.host).toBe(`rebound.test:${port}`);
    expect(opened.nameServer.asked.toSorted()).toEqual(["A rebound.test", "AAAA rebound.test"]);
    expect(hits).toBe(0);
  });

  test("is asked for at the next address of a name where nobody listens at the first", async () => {
    using upstream = openUpstream(() => answer(200, "here"));
    const { port } = new URL(upstream.origin);
    await using opened = await openPages(["two.test"], { zone: zoneOf({ "two.test": ["127.0.0.9", "127.0.0.1"] }) });
    const page = await opened.pages.fetch(`http://two.test:${port}/`, limits);
    expect(new TextDecoder().decode(page.bytes)).toBe("here");
  });

  test("is never asked of a proxy, which would look its name up anew", async () => {
    using proxy = openUpstream(() => answer(200, "proxied"));
    using upstream = openUpstream(() => answer(200, "direct"));
    const { port } = new URL(upstream.origin);
    await using opened = await openPages(["web.test"], { zone: zoneOf({ "web.test": ["127.0.0.1"] }) });
    const before = process.env.http_proxy;
    process.env.http_proxy = proxy.origin;
    try {
      const page = await opened.pages.fetch(`http://web.test:${port}/`, limits);
      expect(new TextDecoder().decode(page.bytes)).toBe("direct");
    } finally {
      if (before === undefined) delete process.env.http_proxy;
      else process.env.http_proxy = before;
    }
    expect(proxy.requests).toEqual([]);
  });
});

describe("a page's limits", () => {
  test("of size hold before it is read, where it tells its length, and while it is read", async () => {
    const big = "x".repeat(2000);
    const tooLarge = "fetch_failed: what HOST sends is larger than 1000 bytes";
    expect((await fetchFrom(() => answer(200, big), { maxBytes: 1000 })).said).toBe(tooLarge);
    expect((await fetchFrom(() => chunked([big, big]), { maxBytes: 1000 })).said).toBe(tooLarge);
    const lying: Step[] = ["HTTP/1.1 200 OK\r\n\r\n", big, "close"];
    expect((await fetchFrom(() => lying, { maxBytes: 1000 })).said).toBe(tooLarge);
    expect((await fetchFrom(() => answer(200, big), { maxBytes: 2000 })).page?.bytes.byteLength).toBe(2000);
  });

  test("of size hold for what it becomes once unpacked, and no more of it is unpacked", async () => {
    const bomb = gzipSync(new Uint8Array(256 * 1024 * 1024));
    expect(bomb.byteLength).toBeLessThan(limits.maxBytes);
    const { said } = await fetchFrom(() => packed(bomb, "gzip"));
    expect(said).toBe(`fetch_failed: what HOST sends is larger than ${limits.maxBytes} bytes`);
  });

  test("of size hold for what is packed though it becomes nothing", async () => {
    // The head of a gzip file, then blocks of deflate that hold no byte and are not the last.
    const nothing = Buffer.concat(
      [
        Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3]),
        Buffer.from([0, 0, 0, 0xff, 0xff].flatMap((byte) => [byte]))
          .toString("latin1")
          .repeat(1000),
      ].map((each) => Buffer.from(each as string, "latin1")),
    );
    const head = "HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\n\r\n";
    const { said } = await fetchFrom(() => [head, nothing, nothing.subarray(10), "close"], { maxBytes: 6000 });
    expect(said).toBe("fetch_failed: what HOST sends is larger than 6000 bytes");
  });

  test("know what is packed from what is not", async () => {
    const text = Buffer.from("hello ".repeat(100));
    for (const coding of ["gzip", "X-GZIP"])
      expect((await fetchFrom(() => packed(gzipSync(text), coding))).page?.bytes).toEqual(new Uint8Array(text));
    for (const bytes of [gzipSync(text).subarray(0, 20), Buffer.from("not packed at all")])
      expect((await fetchFrom(() => packed(bytes, "gzip"))).said).toBe(
        "fetch_failed: HOST broke off, or sent what cannot be read",
      );
    expect((await fetchFrom(() => packed(text, "br"))).said).toBe(
      "fetch_failed: HOST sent it packed in a way that was not asked for",
    );
  });

  test("of type are looked at before it is read", async () => {
    const html = { accepts: /^image\// };
    const no = "fetch_failed: HOST sent something of a type that is of no use here";
    expect((await fetchFrom(() => answer(200, "<p>"), html)).said).toBe(no);
    expect((await fetchFrom(() => ["HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"], html)).said).toBe(no);
    const picture = answer(200, "x", { "content-type": "image/png; q" });
    expect((await fetchFrom(() => picture, html)).page?.type).toBe("image/png");
  });

  test("of time are for the whole, however lively it is", async () => {
    const drip = Array.from({ length: 200 }, (): Step[] => ["x", { waitMs: 20 }]).flat();
    const { said } = await fetchFrom(() => ["HTTP/1.1 200 OK\r\n\r\n", ...drip], { timeoutMs: 300 });
    expect(said).toBe("fetch_failed: HOST took longer than 0.3 s");
    const slowHead = Array.from({ length: 200 }, (): Step[] => ["x", { waitMs: 20 }]).flat();
    const head = await fetchFrom(() => ["HTTP/1.1 200 OK\r\nx: ", ...slowHead], { timeoutMs: 300 });
    expect(head.said).toBe("fetch_failed: HOST took longer than 0.3 s");
  });

  test("of silence are for the head, and for each piece", async () => {
    const quiet = { silenceMs: 200 };
    const noHead = await fetchFrom(() => ["hang"], quiet);
    expect(noHead.said).toBe("fetch_failed: HOST could not be reached, or gave no readable answer");
    const noBody = await fetchFrom(() => ["HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nab", "hang"], quiet);
    expect(noBody.said).toBe("fetch_failed: HOST fell silent for 0.2 s");
  });

  test("leave nothing open behind them", async () => {
    const { requests, said } = await fetchFrom(() => answer(200, "x".repeat(2000)), { maxBytes: 10 });
    expect(said).toStartWith("fetch_failed");
    expect(await requests[0]?.closed).toBeNumber();
  });
});

describe("a page that fails", () => {
  const broken: readonly (readonly [string, Step[]])[] = [
    ["no HTTP", ["hello\r\n\r\n", "close"]],
    ["nothing", ["close"]],
    ["a reset", ["reset"]],
    ["endless headers", ["HTTP/1.1 200 OK\r\n", ...Array.from({ length: 200 }, () => `x: ${"y".repeat(8000)}\r\n`)]],
    ["an endless header", ["HTTP/1.1 200 OK\r\nx: ", ...Array.from({ length: 200 }, () => "y".repeat(8000))]],
    ["a length that is none", ["HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n", "close"]],
    ["two lengths", ["HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab", "close"]],
    ["a NUL in its head", ["HTTP/1.1 200 OK\r\nlocation: \0\r\n\r\n", "close"]],
  ];
  for (const [what, steps] of broken)
    test(`with ${what} ends with a reason`, async () => {
      const { said } = await fetchFrom(() => steps);
      expect(said).toMatch(/^fetch_failed: HOST (could not be reached, or gave no readable|broke off)/);
    });

  test("in the middle ends with a reason", async () => {
    const cut = "fetch_failed: HOST broke off, or sent what cannot be read";
    for (const end of ["close", "reset"] as const)
      expect((await fetchFrom(() => ["HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nab", end])).said).toBe(cut);
    expect((await fetchFrom(() => [...chunked(["ab"]), "zz\r\n"])).said).toBe(cut);
  });

  test("by its status says which", async () => {
    for (const status of [204, 299]) expect((await fetchFrom(() => answer(status, ""))).page?.bytes.length).toBe(0);
    for (const status of [304, 400, 401, 404, 500, 503])
      expect((await fetchFrom(() => answer(status, ""))).said).toBe(`fetch_failed: HOST answered ${status}`);
  });

  test("because the caller has gone tells the caller's reason, and is cancelled where it is fetched", async () => {
    using upstream = openUpstream(() => [...chunked(["a"]), "hang"]);
    const { port } = new URL(upstream.origin);
    await using opened = await openPages([`127.0.0.1:${port}`]);
    const controller = new AbortController();
    using page = await opened.pages.open(`${upstream.origin}/`, { ...limits, signal: controller.signal });
    const read = Array.fromAsync(page.pieces);
    controller.abort(new Error("gone"));
    await expect(read).rejects.toThrow("gone");
    expect(await upstream.requests[0]?.closed).toBeNumber();
    await expect(opened.pages.open(`${upstream.origin}/`, { ...limits, signal: controller.signal })).rejects.toThrow(
      "gone",
    );
  });

  test("to be read is let go of", async () => {
    using upstream = openUpstream(() => [...chunked(["a"]), "hang"]);
    await using opened = await openPages(["127.0.0.1"]);
    (await opened.pages.open(`${upstream.origin}/`, limits))[Symbol.dispose]();
    expect(await upstream.requests[0]?.closed).toBeNumber();
  });
});

describe("a medium that a caller names", () => {
  test("has its bytes, what its host calls it, and the end of its address for a name", async () => {
    using upstream = openUpstream(({ path }) =>
      path === "/%zz" ? [...chunked(["x"], ""), lastChunk] : answer(200, "<p>"),
    );
    await using opened = await openPages(["127.0.0.1"]);
    const read = async (path: string) => {
      const { bytes, ...told } = await fetchMedium(opened.pages, upstream.origin + path, limits);
      return { ...told, text: Buffer.from(bytes).toString() };
    };
    expect(await read("/a/My%20cat.jpg?size=1")).toEqual({ type: "text/html", name: "My_cat.jpg", text: "<p>" });
    expect(await read("/")).toEqual({ type: "text/html", name: "file", text: "<p>" });
    expect(await read("/%zz")).toEqual({ type: "", name: "zz", text: "x" });
  });
});
