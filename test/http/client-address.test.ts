import { afterAll, describe, expect, test } from "bun:test";
import { loadConfig } from "../../src/config/load.ts";
import { createClients } from "../../src/http/client-address.ts";
import { openApp, providerYaml } from "../support/app.ts";
import { openChannel } from "../support/channel.ts";
import { cookieOf } from "../support/cookie.ts";
import { makeKey } from "../support/keys.ts";
import { pngOf } from "../support/pictures.ts";
import { answer, openUpstream } from "../support/scripted-upstream.ts";

const seen = (settings: { trusted_proxies?: string[]; public_url?: string }) => {
  const clients = createClients({ trusted_proxies: [], public_url: "", ...settings });
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch: (request) =>
      Response.json({
        address: clients.addressOf(request),
        origin: clients.originOf(request),
        isSecure: clients.isSecure(request) ?? null,
      }),
  });
  clients.arriveAt(server);
  afterAll(() => server.stop(true));
  return async (headers: Record<string, string>) =>
    (await fetch(server.url, { headers: { host: "asked.example", ...headers } })).json();
};

describe("behind a proxy that is trusted", () => {
  const ask = seen({ trusted_proxies: ["loopback", "10.0.0.0/8", "2001:db8::/32"] });

  test.each([
    ["nothing", "", "127.0.0.1"],
    ["one client", "192.0.2.1", "192.0.2.1"],
    ["what the client wrote before it", "6.6.6.6, 192.0.2.1", "192.0.2.1"],
    ["proxies in a row", "6.6.6.6, 192.0.2.1, 10.0.0.1, 2001:db8::7", "192.0.2.1"],
    ["proxies alone", "10.0.0.2,10.0.0.1", "10.0.0.2"],
    ["a port", "192.0.2.1:4711", "192.0.2.1"],
    ["v6", "2001:DB9:0::1", "2001:db9::1"],
    ["v6 with brackets and a port", "[2001:db9::1]:4711", "2001:db9::1"],
    ["quotes", '"[2001:db9::1]"', "2001:db9::1"],
    ["v4 in v6", "::ffff:192.0.2.1", "192.0.2.1"],
    ["a trusted proxy's v4 in v6", "192.0.2.1, ::ffff:10.1.1.1", "192.0.2.1"],
    ["no address", "192.0.2.1, unknown", "127.0.0.1"],
    ["no address behind a proxy", "192.0.2.1, _hidden, 10.0.0.1", "10.0.0.1"],
    ["empty entries", "192.0.2.1, ,", "127.0.0.1"],
    ["another address family's tricks", "192.0.2.1, 0x7f.1", "127.0.0.1"],
    ["thousands of entries", `${"1.1.1.1,".repeat(1500)}192.0.2.1`, "192.0.2.1"],
    ["thousands of proxies", `192.0.2.1${",10.0.0.1".repeat(1200)}`, "10.0.0.1"],
    ["commas alone", ",".repeat(9000), "127.0.0.1"],
    ["no text at all", "\u00ff\u00fe, \t", "127.0.0.1"],
  ])("X-Forwarded-For with %s", async (_, forwarded, address) => {
    expect(await ask(forwarded === "" ? {} : { "x-forwarded-for": forwarded })).toMatchObject({ address });
  });

  test.each<[Record<string, string>, string, boolean | null]>([
    [{}, "http://asked.example", null],
    [{ "x-forwarded-proto": "https" }, "https://asked.example", true],
    [{ "x-forwarded-proto": "http, HTTPS" }, "https://asked.example", true],
    [{ "x-forwarded-proto": "http" }, "http://asked.example", false],
    [{ "x-forwarded-proto": "wss" }, "https://asked.example", true],
    [{ "x-forwarded-proto": "javascript" }, "http://asked.example", null],
    [{ "x-forwarded-proto": "https", "x-forwarded-host": "chat.example" }, "https://chat.example", true],
    [{ "x-forwarded-proto": "https", "x-forwarded-host": "chat.example:443" }, "https://chat.example", true],
    [{ "x-forwarded-proto": "https", "x-forwarded-host": "a.example, b.example:8443" }, "https://b.example:8443", true],
    [{ "x-forwarded-host": "evil.example/path" }, "http://asked.example", null],
    [{ "x-forwarded-host": "user@evil.example" }, "http://asked.example", null],
    [{ "x-forwarded-host": "a b" }, "http://asked.example", null],
    [{ x_forwarded_host: "evil.example", x_forwarded_proto: "https" }, "http://asked.example", null],
    [{ forwarded: "for=192.0.2.1;proto=https;host=evil.example" }, "http://asked.example", null],
  ])("%j is the origin %s", async (headers, origin, isSecure) => {
    expect(await ask(headers)).toEqual({ address: "127.0.0.1", origin, isSecure });
  });
});

test("nobody else is believed", async () => {
  const lies = { "x-forwarded-for": "192.0.2.1", "x-forwarded-proto": "https", "x-forwarded-host": "evil.example" };
  const expected = { address: "127.0.0.1", origin: "http://asked.example", isSecure: null };
  expect(await seen({})(lies)).toEqual(expected);
  expect(await seen({ trusted_proxies: ["10.0.0.0/8", "::/0"] })(lies)).toEqual(expected);
});

test("the address that the settings name goes before what a proxy says", async () => {
  const ask = seen({ trusted_proxies: ["127.0.0.1"], public_url: "https://chat.example/" });
  expect(await ask({ "x-forwarded-host": "other.example" })).toMatchObject({ origin: "https://chat.example" });
  expect(await ask({ host: "chat.example" })).toMatchObject({ isSecure: true });
  expect(await ask({})).toMatchObject({ origin: "https://chat.example", isSecure: null });
});

test("what is no proxy and no address is refused at the start", () => {
  const load = (name: "trusted_proxies" | "public_url", value: string) => () =>
    loadConfig({ environment: {}, flags: { [name]: value } });
  for (const wrong of ["localhost", "10.0.0.0/40", "proxy.example"])
    expect(load("trusted_proxies", wrong)).toThrow(wrong);
  for (const wrong of ["chat.example", "https://a/b", "ftp://a", "https://u@a", "https://a?b", "https://[x]"])
    expect(load("public_url", wrong)).toThrow("chat.example");
  expect(load("public_url", "https://[::1]:8443")).not.toThrow();
});

test("a proxy's TLS makes a browser's session one of TLS, whatever Host the proxy sends on", async () => {
  await using app = await openApp({ flags: { trusted_proxies: "loopback" } });
  const { key } = await makeKey(app, "ann");
  const name = `__Host-parley_session_${new URL(app.origin).port}`;
  const proxied = { "x-forwarded-proto": "https", "x-forwarded-host": "chat.example" };
  const own = { ...proxied, origin: "https://chat.example" };
  const ask = (path: string, headers: Record<string, string>, method = "GET", body?: object) =>
    app.get(`/backend-api/v2/${path}`, { method, headers, ...(body && { body: JSON.stringify(body) }) });
  const signedIn = await ask("session", own, "POST", { key });
  const cookie = cookieOf(signedIn);
  expect(signedIn.headers.get("set-cookie")).toMatch(new RegExp(`^${name}=.*; HttpOnly; SameSite=Strict; Secure$`));
  const create = async (headers: Record<string, string>) =>
    (await ask("chats", { cookie, ...headers }, "POST", { chat_id: crypto.randomUUID() })).status;
  expect(await create(own)).toBe(201);
  expect(await create({ ...proxied, origin: "http://chat.example" })).toBe(403);
  expect(await create({ ...proxied, origin: "https://evil.example" })).toBe(403);
  // A page that came without TLS may have put the other name there.
  const planted = { ...proxied, cookie: cookie.replace("__Host-", "") };
  expect((await ask("runs", planted)).status).toBe(401);
  expect((await ask("runs", { ...proxied, cookie })).status).toBe(200);
  using channel = await openChannel(app.origin, { headers: { cookie, ...own } });
  channel.send({ op: "ping", id: "p" });
  await channel.find(({ type }) => type === "pong");
  const out = await ask("session", { ...own, cookie }, "DELETE");
  expect(out.headers.getSetCookie().map((each) => each.split("=")[0])).toEqual([name.slice(7), name]);
  expect((await ask("runs", { ...proxied, cookie })).status).toBe(401);
});

test("links to media begin with the address that callers see", async () => {
  using upstream = openUpstream(() => answer(200, { data: [{ b64_json: pngOf(1).toString("base64") }] }));
  const yaml = providerYaml({ name: "Work", origin: upstream.origin, models: ["gpt-image-1.5"] });
  await using app = await openApp({ yaml, flags: { trusted_proxies: "loopback" } });
  const body = JSON.stringify({ prompt: "a cat", model: "Work/gpt-image-1.5", response_format: "url" });
  const proxied = { "x-forwarded-proto": "https", "x-forwarded-host": "chat.example" };
  // Open to whoever comes to the proxy it is not.
  expect((await app.get("/backend-api/v2/runs", { headers: proxied })).status).toBe(403);
  const headers = { ...proxied, ...(await makeKey(app, "ann")).headers };
  const made = await app.get("/v1/images/generations", { method: "POST", body, headers });
  expect(await made.json()).toMatchObject({
    data: [{ url: expect.stringMatching(/^https:\/\/chat\.example\/media\//) }],
  });
});
