import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import type { Cookie } from "../../src/cookies/cookie.ts";
import { cookiesFor } from "../../src/cookies/match.ts";
import { parseCookieFile } from "../../src/cookies/parse.ts";
import { root } from "../support/command.ts";

const now = Date.parse("2026-06-01T00:00:00Z");
const far = 4_102_444_800_000;

const parse = (text: string) => parseCookieFile(new TextEncoder().encode(text), now);
const fixture = (name: string) => Bun.file(join(root, "test/fixtures/cookies", name)).text();
const parseFixture = async (name: string) => Object.fromEntries(parse(await fixture(name)));
const refusal = (text: string) => {
  try {
    return [...parse(text)];
  } catch (thrown) {
    return thrown instanceof Error ? thrown.message : thrown;
  }
};

const cookie = (told: Partial<Cookie>): Cookie => ({
  name: "a",
  value: "1",
  domain: "chat.example",
  isHostOnly: false,
  path: "/",
  isSecure: false,
  expiresAt: null,
  ...told,
});

describe("a file of cookies is read", () => {
  test("as extensions of browsers export it", async () => {
    expect(await parseFixture("extension.json")).toEqual({
      "chat.example": [
        cookie({
          name: "__Secure-session-token",
          value: "eyJhbGciOiJkaXIi.canary-extension==",
          isSecure: true,
          expiresAt: far + 123,
        }),
        cookie({ name: "_dd_s", value: "", path: "/backend-api", isHostOnly: true }),
      ],
    });
  });

  test("as programs save it that drive browsers", async () => {
    expect(await parseFixture("storage-state.json")).toEqual({
      "chat.example": [
        cookie({ name: "sid", value: "canary-state", isSecure: true }),
        cookie({ name: "theme", value: "dark", expiresAt: far + 500 }),
      ],
    });
  });

  test("as curl writes it", async () => {
    expect(await parseFixture("cookies.txt")).toEqual({
      "chat.example": [
        cookie({ name: "session", value: "canary-netscape", isSecure: true, expiresAt: far }),
        cookie({ name: "plain", value: 'a=b"c', path: "/api", isHostOnly: true }),
      ],
      "other.example": [
        cookie({ name: "empty", value: "", domain: "other.example", isHostOnly: true, expiresAt: far }),
      ],
    });
    expect(parse((await fixture("cookies.txt")).replaceAll("\n", "\r\n"))).toEqual(parse(await fixture("cookies.txt")));
  });

  test("as Chrome's network log holds it: what was set last counts, and no site sets cookies for another", async () => {
    expect(await parseFixture("chrome.har")).toEqual({
      "chat.example": [
        cookie({
          name: "sid",
          value: "canary-chrome",
          isSecure: true,
          expiresAt: Date.parse("2099-12-31T23:59:59Z"),
        }),
      ],
    });
  });

  test("as Firefox's network log holds it: what went over an encrypted connection goes over no other", async () => {
    const own = { isHostOnly: true, isSecure: true };
    expect(await parseFixture("firefox.har")).toEqual({
      "chat.example": [
        cookie({ ...own, name: "sid", value: "canary-firefox" }),
        cookie({ ...own, name: "seen", value: "yes", path: "/c" }),
      ],
      "plain.example": [
        cookie({ domain: "plain.example", isHostOnly: true }),
        cookie({ domain: "plain.example", isHostOnly: true, name: "b", value: '"2"' }),
      ],
    });
  });

  test("with its times in seconds, in milliseconds, as text or as a date", () => {
    const times = [far / 1000, far, String(far / 1000), "2100-01-01T00:00:00Z", 1e300, 0, -1, null, "", "soon", {}];
    const list = times.map((expires, index) => ({ name: `n${index}`, value: "v", domain: "a.example", expires }));
    expect([...parse(JSON.stringify(list)).values()].flat().map(({ expiresAt }) => expiresAt)).toEqual([
      ...Array(4).fill(far),
      8.64e15,
      ...Array(6).fill(null),
    ]);
  });

  test("with domains in any spelling; a top-level domain and an address are hosts of their own alone", () => {
    const domains = [".A.Example", "bücher.example", "com", "localhost", "127.0.0.1", "::1", "a.example."];
    const list = domains.map((domain) => ({ name: domain, value: "v", domain }));
    expect([...parse(JSON.stringify(list))].map(([domain, [first]]) => [domain, first?.isHostOnly])).toEqual([
      ["a.example", false],
      ["xn--bcher-kva.example", false],
      ["com", true],
      ["localhost", true],
      ["127.0.0.1", true],
      ["[::1]", true],
    ]);
  });

  test("or refused, with what is wrong and where, and never with what it says", () => {
    const one = (told: object) =>
      refusal(JSON.stringify([{ name: "a", value: "secret", domain: "a.example", ...told }]));
    expect(one({ domain: undefined })).toBe("[0].domain: expected a host such as example.com");
    for (const domain of [
      "",
      ".",
      "a b",
      "a.example:80",
      "http://a.example",
      "a/b",
      "*.a.example",
      `${"a".repeat(300)}.b`,
    ])
      expect(one({ domain })).toBe("[0].domain: expected a host such as example.com");
    expect(one({ name: 5 })).toBe("[0].name: expected text without control characters, ; and =");
    for (const value of ["a;b", "a\nb", "a\r\nX: y", "a\0", "\ud800", 5, null])
      expect(one({ value })).toBe("[0].value: expected text without control characters and ;");
    expect(one({ value: "x".repeat(5000) })).toBe("[0].value: expected at most 4096 characters together with the name");
    expect(refusal("[5]")).toBe("[0]: expected an object");
    expect(refusal("[]")).toBe("it holds no cookie that has not expired");
    expect(refusal("{}")).toBe("its JSON is neither a list of cookies nor a HAR");
    expect(refusal('{"__proto__":{"cookies":[]}}')).toBe("its JSON is neither a list of cookies nor a HAR");
    expect(refusal("[{")).toBe("it is not valid JSON");
    expect(refusal("[".repeat(100_000))).toBe("it is not valid JSON");
    expect(refusal("secret")).toBe("it is neither JSON, nor a HAR, nor a cookies.txt");
    expect(refusal("a\tb")).toBe("line 1: expected the seven fields of cookies.txt, with tabs between");
    const many = Array.from({ length: 201 }, (_, index) => ({ name: `n${index}`, value: "", domain: "a.example" }));
    expect(refusal(JSON.stringify(many))).toBe("it holds more than 200 cookies of a.example");
    const wide = Array.from({ length: 301 }, (_, index) => ({ name: "n", value: "", domain: `a${index}.example` }));
    expect(refusal(JSON.stringify(wide))).toBe("it holds cookies of more than 300 domains");
    expect(() => parseCookieFile(new Uint8Array([255, 254, 0]), now)).toThrow("it is not text in UTF-8");
  });
});

test("cookies go where a browser would send them: by host, path, connection and time, longer paths first", () => {
  const sent = (address: string, ...cookies: Partial<Cookie>[]) => {
    const url = new URL(address);
    return cookiesFor(url, url.hostname, cookies.map(cookie), now).map(({ name }) => name);
  };
  expect(sent("https://chat.example/", {})).toEqual(["a"]);
  expect(sent("https://api.chat.example/", {}, { name: "own", isHostOnly: true })).toEqual(["a"]);
  expect(sent("https://evilchat.example/", {})).toEqual([]);
  expect(sent("https://chat.example.evil/", {})).toEqual([]);
  expect(sent("https://example/", {})).toEqual([]);
  const paths = ["/", "/api", "/api/", "/api/v1", "/ap", "/API"].map((path) => ({ name: path, path }));
  expect(sent("https://chat.example/api/v1", ...paths)).toEqual(["/api/v1", "/api/", "/api", "/"]);
  expect(sent("https://chat.example/api", ...paths)).toEqual(["/api", "/"]);
  expect(sent("https://chat.example/apis", ...paths)).toEqual(["/"]);
  expect(sent("http://chat.example/", { isSecure: true })).toEqual([]);
  expect(sent("http://localhost:8080/", { isSecure: true, domain: "localhost" })).toEqual(["a"]);
  expect(sent("https://chat.example/", { expiresAt: now }, { name: "b", expiresAt: now + 1 })).toEqual(["b"]);
});

test("a file of cookies may hold what a browser has, and not much more", () => {
  const list = (count: number) =>
    JSON.stringify(
      Array.from({ length: count }, (_, at) => ({
        domain: `h${at % 20}.example`,
        name: `n${at}`,
        value: "v".repeat(3900),
      })),
    );
  expect([...parse(list(500)).values()].flat()).toHaveLength(500);
  expect(() => parse(list(600))).toThrow("its cookies have more than 2 MiB together");
});
