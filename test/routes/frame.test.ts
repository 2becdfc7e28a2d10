import { describe, expect, test } from "bun:test";
import { treaty } from "@elysiajs/eden";
import type { App } from "../../src/app.ts";
import { ConfigError } from "../../src/config/error.ts";
import { createApp } from "../../src/app.ts";
import { conversationPath, openApp } from "../support/app.ts";

const messages = [{ role: "user" as const, content: "Hello" }];
const versionPath = "/backend-api/v2/version";

describe("every answer", () => {
  test("is JSON where it refuses: unknown addresses, wrong methods, bad escapes", async () => {
    await using app = await openApp();
    const cases: [string, RequestInit, number, string][] = [
      ["/nothing", {}, 404, "not_found"],
      ["/backend-api/v2/public-key", {}, 404, "not_found"],
      ["/backend-api/v2/models/Nobody", {}, 404, "provider_not_found"],
      ["/backend-api/v2/models?capability=smell", {}, 400, "invalid_request"],
      ["/backend-api/v2/models?provider=Nobody", {}, 404, "provider_not_found"],
      [versionPath, { method: "DELETE" }, 405, "method_not_allowed"],
      [conversationPath, {}, 405, "method_not_allowed"],
      ["/%zz", {}, 400, "invalid_request"],
    ];
    for (const [path, init, status, code] of cases) {
      const response = await app.get(path, init);
      expect([path, response.status]).toEqual([path, status]);
      expect(response.headers.get("content-type")).toStartWith("application/json");
      expect(await response.json()).toEqual({ error: { message: expect.any(String), code } });
      expect(response.headers.get("x-request-id")).toBeString();
    }
    expect((await app.get(conversationPath)).headers.get("allow")).toBe("POST");
  });

  test("carries a request id: the caller's where it is harmless", async () => {
    await using app = await openApp();
    const id = async (given: string) =>
      (await app.get(versionPath, { headers: { "x-request-id": given } })).headers.get("x-request-id");
    expect(await id("abc.1-2_3")).toBe("abc.1-2_3");
    expect(await id("a".repeat(65))).not.toBe("a".repeat(65));
    expect(await id("a b")).toMatch(/^[0-9a-f-]{36}$/);
    expect((await app.get(versionPath, { headers: { x_request_id: "underscored" } })).headers.get("x-request-id")).toBe(
      "underscored",
    );
  });

  test("of a failure that is ours says nothing of the inside; the log does", async () => {
    await using app = await openApp();
    app.services.registry.list = () => {
      throw new Error("secret detail");
    };
    const response = await app.get("/backend-api/v2/providers");
    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain("secret");
    expect(app.logged.join()).toContain("secret detail");
  });
});

describe("access", () => {
  const key = "a-long-access-key";

  test("is closed by default once a key is set, but for the open paths", async () => {
    await using app = await openApp({ environment: { PARLEY_ACCESS_KEY: key } });
    for (const path of ["/", "/healthz", versionPath]) expect((await app.get(path)).status).toBe(200);
    const closed = [
      "/backend-api/v2/models",
      "/backend-api/v2/providers",
      "/nothing",
      "/healthz/",
      "/backend-api/v2/version/x",
      "/backend-api/v2/models/../version/..%2fmodels",
    ];
    for (const path of closed) {
      const response = await app.get(path);
      expect([path, response.status]).toEqual([path, 401]);
      expect(response.headers.get("www-authenticate")).toBe("Bearer");
    }
    expect((await app.post({ messages })).status).toBe(401);
  });

  test("judges the address that is routed, however it is spelled, and whatever stands for a host", async () => {
    await using app = await openApp({ environment: { PARLEY_ACCESS_KEY: key } });
    const { port } = new URL(app.origin);
    const get = async (path: string, rest = "HTTP/1.1\r\nHost: x\r\n") => {
      const { promise, resolve } = Promise.withResolvers<string>();
      const socket = await Bun.connect({
        hostname: "127.0.0.1",
        port: Number(port),
        socket: { data: (_, bytes) => resolve(bytes.toString("latin1")), close: () => resolve("") },
      });
      socket.write(`GET ${path} ${rest}\r\n`);
      return promise.finally(() => socket.end());
    };
    const rests = ["x", "", "a b", "a?b", "a#b", "a@b", "a/b", "a\\b"].map((host) => `HTTP/1.1\r\nHost: ${host}\r\n`);
    const closed = "/backend-api/v2/models";
    for (const rest of [...rests, "HTTP/1.0\r\n"]) {
      expect((await get("/healthz", rest)).slice(9, 12)).toBe("200");
      expect((await get(closed, rest)).slice(9, 12)).toBe("401");
      for (const open of ["/", "/healthz", "/assets/page.css", versionPath]) {
        for (const between of ["?", "#", ";", "\\..", "/..", "/%2e%2e", "\\..\\..\\..", "//", "?x=", "%3f", "%23"]) {
          for (const path of [`${open}${between}${closed}`, `${closed}${between}${open}`]) {
            const answered = await get(path, rest);
            // What only the closed route says.
            expect([path, rest, answered.includes('"providers"')]).toEqual([path, rest, false]);
            // A page has no file of that name, which anybody may know.
            expect(["200", "400", "401", "404"]).toContain(answered.slice(9, 12));
          }
        }
      }
    }
  });

  test("without a key is under this machine's names alone: no page's own name may be made to mean it", async () => {
    await using app = await openApp({ flags: { cors_origins: "https://good.example" } });
    const status = async (host: string) => (await app.get(versionPath, { headers: { host } })).status;
    for (const host of [
      "localhost:1",
      "LocalHost",
      "localhost.",
      "localhost:",
      "127.0.0.1",
      "[::1]:7337",
      "parley.localhost",
      "Good.example",
    ])
      expect([host, await status(host)]).toEqual([host, 200]);
    for (const host of ["evil.example", "evil.example:7337", "localhost.evil.example", "127.0.0.1.evil.example"])
      expect([host, await status(host)]).toEqual([host, 403]);
    await using keyed = await openApp({ environment: { PARLEY_ACCESS_KEY: key } });
    expect((await keyed.get(versionPath, { headers: { host: "any.example" } })).status).toBe(200);
  });

  test("is given to the key in either header, and to no other bytes", async () => {
    await using app = await openApp({ environment: { PARLEY_ACCESS_KEY: key } });
    const status = async (headers: Record<string, string>) =>
      (await app.get("/backend-api/v2/providers", { headers })).status;
    expect(await status({ authorization: `Bearer ${key}` })).toBe(200);
    expect(await status({ "x-api-key": key })).toBe(200);
    expect(await status({ x_api_key: key })).toBe(200);
    for (const wrong of [`${key}x`, key.slice(0, -1), "ÿþ", " ", "a".repeat(8000)]) {
      expect(await status({ "x-api-key": wrong })).toBe(401);
      expect(await status({ authorization: `Bearer ${wrong}` })).toBe(401);
    }
    const own = await app.get("/backend-api/v2/models/Builtin", { headers: { "x-api-key": key } });
    expect(own.status).toBe(401);
  });

  test("beyond this machine needs a key before the server starts", async () => {
    expect(openApp({ flags: { host: "0.0.0.0" } })).rejects.toThrow(ConfigError);
    await using app = await openApp({ flags: { host: "0.0.0.0" }, environment: { PARLEY_ACCESS_KEY: key } });
    expect((await fetch(app.origin.replace("0.0.0.0", "127.0.0.1") + versionPath)).status).toBe(200);
  });
});

describe("pages of other origins", () => {
  const post = { method: "POST", body: JSON.stringify({ messages }) };

  test("may change nothing unless they are listed", async () => {
    await using app = await openApp({ flags: { cors_origins: "https://good.example" } });
    const { port } = new URL(app.origin);
    const status = async (origin: string) => (await app.get(conversationPath, { ...post, headers: { origin } })).status;
    expect(await status(app.origin)).toBe(200);
    expect(await status("https://good.example")).toBe(200);
    for (const origin of [
      "https://bad.example",
      "null",
      "https://good.example.bad.example",
      "https://good.example:444",
      `http://127.0.0.1:${port}1`,
      app.origin.replace("http:", "ftp:"),
      "http://good.example",
      "x",
    ]) {
      expect([origin, await status(origin)]).toEqual([origin, 403]);
    }
  });

  test("learn what they may from a preflight, and read what is exposed", async () => {
    await using app = await openApp({
      flags: { cors_origins: "https://good.example" },
      environment: { PARLEY_ACCESS_KEY: "a-long-access-key" },
    });
    const ask = {
      origin: "https://good.example",
      "access-control-request-method": "POST",
      "access-control-request-headers": "authorization,x-y",
    };
    const preflight = await app.get(conversationPath, { method: "OPTIONS", headers: ask });
    expect(preflight.status).toBe(204);
    expect(Object.fromEntries(preflight.headers)).toMatchObject({
      "access-control-allow-origin": "https://good.example",
      "access-control-allow-headers": "authorization,x-y",
      vary: "origin",
    });
    expect(preflight.headers.has("access-control-allow-credentials")).toBe(false);
    const allowed = preflight.headers.get("access-control-allow-methods")?.split(", ") ?? [];
    const methods = new Set(createApp(app.services).routes.map(({ method }) => method));
    expect([...methods].filter((method) => !["ALL", "WS", ...allowed].includes(method))).toEqual([]);
    const refused = await app.get(conversationPath, {
      method: "OPTIONS",
      headers: { ...ask, origin: "https://bad.example" },
    });
    expect(refused.headers.has("access-control-allow-origin")).toBe(false);
    const answer = await app.get(versionPath, { headers: { origin: "https://good.example" } });
    expect(answer.headers.get("access-control-expose-headers")).toContain("x-run-id");
  });
});

test("the typed client reads the routes and the stream, dates left alone", async () => {
  await using app = await openApp({ flags: { scripted: "true" } });
  const api = treaty<App>(app.origin, { parseDate: false })["backend-api"].v2;
  expect((await api.version.get()).data?.version).toMatch(/^\d+\.\d+\.\d+$/);
  const { data, error } = await api.conversation.post({
    provider: "Scripted",
    messages: [{ role: "user", content: "2024-01-01 is a day" }],
  });
  expect(error).toBeNull();
  let text = "";
  for await (const { data: event } of data!) if (event.type === "content") text += event.content;
  expect(text).toBe("2024-01-01 is a day");
});
