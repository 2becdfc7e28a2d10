import { describe, expect, test } from "bun:test";
import { digestOf } from "../../src/lib/digest.ts";
import { openApp, type TestApp } from "../support/app.ts";
import { openChannel } from "../support/channel.ts";
import { cookieOf } from "../support/cookie.ts";
import { makeKey } from "../support/keys.ts";

const sessionPath = "/backend-api/v2/session";
const runsPath = "/backend-api/v2/runs";
const dayMs = 86_400_000;

const status = async (app: TestApp, path: string, init: RequestInit = {}) => (await app.get(path, init)).status;
const post = (app: TestApp, key: string, headers: Record<string, string> = {}) =>
  app.get(sessionPath, { method: "POST", body: JSON.stringify({ key }), headers });

/** What the browser brings from then on. */
async function signIn(app: TestApp, key: string): Promise<string> {
  const answer = await post(app, key);
  expect(answer.status).toBe(200);
  return cookieOf(answer);
}

describe("a browser's session", () => {
  test("stands for the key that it was begun with, wherever a key is taken", async () => {
    await using app = await openApp();
    const { key } = await makeKey(app, "ann");
    const cookie = await signIn(app, key);
    expect(await status(app, runsPath, { headers: { cookie } })).toBe(200);
    expect(await status(app, runsPath, { headers: { cookie: `a=b; ${cookie}; c=d` } })).toBe(200);
    expect(await status(app, runsPath, { headers: { cookie: `${cookie}x` } })).toBe(401);
    expect(
      await status(app, "/backend-api/v2/models/AnyProvider", { headers: { cookie, "x-api-key": "theirs" } }),
    ).toBe(200);
    expect(await status(app, "/backend-api/v2/log", { headers: { cookie } })).toBe(403);
    const origin = app.origin;
    using channel = await openChannel(origin, { headers: { cookie, origin } });
    channel.send({ op: "ping", id: "p" });
    await channel.find(({ type }) => type === "pong");
  });

  test("says who one is, and whether a key is needed", async () => {
    await using app = await openApp();
    const read = async (headers: Record<string, string> = {}) => (await app.get(sessionPath, { headers })).json();
    expect(await read()).toEqual({ required: false, signed_in: true, owner: "local", role: "admin" });
    expect((await post(app, "anything")).headers.get("set-cookie")).toBeNull();
    const { key } = await makeKey(app, "ann");
    expect(await read()).toEqual({ required: true, signed_in: false, owner: null, role: null });
    const cookie = await signIn(app, key);
    expect(await read({ cookie })).toEqual({ required: true, signed_in: true, owner: "ann", role: "user" });
  });

  test("is kept out of the reach of scripts and of other sites, and for TLS alone where there is any", async () => {
    await using app = await openApp({ flags: { access_key: "the-setting-key-0123" } });
    const plain = (await post(app, "the-setting-key-0123")).headers.get("set-cookie");
    expect(plain).toMatch(/^parley_session_\d+=[\w-]{43}; Path=\/; Max-Age=34560000; HttpOnly; SameSite=Strict$/);
    const headers = { host: "chat.example.com", origin: "https://chat.example.com" };
    const behindProxy = (await post(app, "the-setting-key-0123", headers)).headers.get("set-cookie");
    expect(behindProxy).toMatch(/^__Host-parley_session=.*; Secure$/);
    expect(app.logged.join("\n")).not.toContain("parley_session");
  });

  test("ends with its key, by signing out, and when it is not used", async () => {
    let now = Date.now();
    await using app = await openApp({ clock: () => now });
    const { id, key } = await makeKey(app, "ann");
    const [first, second, third] = [await signIn(app, key), await signIn(app, key), await signIn(app, key)];
    const as = (cookie: string) => ({ headers: { cookie } });
    now += 29 * dayMs;
    expect(await status(app, runsPath, as(first))).toBe(200);
    now += 2 * dayMs;
    expect(await status(app, runsPath, as(first))).toBe(200);
    expect(await status(app, runsPath, as(second))).toBe(401);
    await app.services.expiry.sweep();
    now -= 2 * dayMs;
    expect(await status(app, runsPath, as(third))).toBe(401);
    const other = await signIn(app, key);
    const signedOut = await app.get(sessionPath, { method: "DELETE", headers: { cookie: other, origin: app.origin } });
    expect(signedOut.headers.get("set-cookie")).toContain("Max-Age=0");
    expect(await status(app, runsPath, as(other))).toBe(401);
    await app.services.store.accessKeys.revoke(id, now);
    expect(await status(app, runsPath, as(first))).toBe(401);
  });

  test("leaves none behind: neither that of before, nor the one from before there was TLS", async () => {
    await using app = await openApp();
    const { key } = await makeKey(app, "ann");
    const origin = app.origin;
    const isGood = async (cookie: string) => (await status(app, runsPath, { headers: { cookie } })) === 200;
    const secureOrigin = origin.replace("http:", "https:");
    const secure = cookieOf(await post(app, key, { origin: secureOrigin }));
    const plain = await signIn(app, key);
    const again = await post(app, key, { origin, cookie: plain });
    expect([await isGood(plain), await isGood(secure)]).toEqual([false, true]);
    const cookie = cookieOf(again);
    await app.get(sessionPath, { method: "DELETE", headers: { origin, cookie: `${cookie}; ${secure}` } });
    expect([await isGood(cookie), await isGood(secure)]).toEqual([false, false]);
  });

  test("of a setting's key ends when another is set", async () => {
    await using app = await openApp({ flags: { access_key: "the-setting-key-0123" } });
    const { sessions } = app.services;
    const token = await sessions.open("access_key", digestOf("the-setting-key-0123"));
    expect(sessions.find(token)?.isOf(Buffer.alloc(32))).toBe(false);
    const cookie = `parley_session_${new URL(app.origin).port}`;
    expect(await status(app, "/backend-api/v2/log", { headers: { cookie: `${cookie}=${token}` } })).toBe(200);
    const foreign = await sessions.open("access_key", Buffer.alloc(32));
    expect(await status(app, runsPath, { headers: { cookie: `${cookie}=${foreign}` } })).toBe(401);
  });

  test("changes nothing for anybody but our own page", async () => {
    await using app = await openApp({ flags: { cors_origins: "http://localhost:3000" } });
    const { key } = await makeKey(app, "ann");
    const cookie = await signIn(app, key);
    const body = JSON.stringify({ chat_id: "c" });
    const create = (headers: Record<string, string>) =>
      status(app, "/backend-api/v2/chats", { method: "POST", body, headers: { cookie, ...headers } });
    expect(await create({})).toBe(403);
    expect(await create({ "sec-fetch-site": "same-site" })).toBe(403);
    expect(await create({ origin: "http://localhost:3000" })).toBe(403);
    expect(await create({ origin: "null" })).toBe(403);
    expect(await create({ "sec-fetch-site": "same-origin" })).toBe(201);
    expect(await create({ origin: app.origin })).toBe(409);
    // A page of another port of this host is of the same site: what it embeds brings the cookie.
    expect(await status(app, runsPath, { headers: { cookie, "sec-fetch-site": "same-site" } })).toBe(401);
    expect(await status(app, runsPath, { headers: { cookie, "sec-fetch-site": "same-origin" } })).toBe(200);
    const { headers } = await makeKey(app, "bob");
    expect(await status(app, runsPath, { headers: { ...headers, cookie } })).toBe(200);
    expect(await status(app, runsPath, { headers: { authorization: "Bearer wrong", cookie } })).toBe(401);
    await expect(openChannel(app.origin, { headers: { cookie } })).rejects.toThrow();
  });

  test("is the browser's own, whatever a page at another port has put beside it", async () => {
    await using app = await openApp();
    const [ann, eve] = [await makeKey(app, "ann"), await makeKey(app, "eve")];
    const [own, planted] = [await signIn(app, ann.key), await signIn(app, eve.key)];
    const answer = await app.get(sessionPath, { headers: { cookie: `${planted}; ${own}` } });
    expect(await answer.json()).toMatchObject({ owner: "ann" });
  });

  test("is not found by trying keys", async () => {
    let now = Date.now();
    await using app = await openApp({ clock: () => now });
    const { key } = await makeKey(app, "ann");
    for (let tries = 0; tries < 10; tries++) expect((await post(app, `wrong ${tries}`)).status).toBe(401);
    const refused = await post(app, "wrong 10");
    expect(refused.status).toBe(429);
    expect(refused.headers.get("retry-after")).toBe("60");
    // Nobody guesses one of those that we make: others behind the same address are not kept out.
    expect((await post(app, key)).status).toBe(200);
    now += 61_000;
    expect((await post(app, "wrong 10")).status).toBe(401);
  });

  test("is one of fifty of its key: what was not used for longest goes", async () => {
    let now = Date.now();
    await using app = await openApp({ clock: () => now++ });
    const { key } = await makeKey(app, "ann");
    const cookies = [];
    for (let count = 0; count < 51; count++) cookies.push(await signIn(app, key));
    expect(await status(app, runsPath, { headers: { cookie: cookies[0] ?? "" } })).toBe(401);
    expect(await status(app, runsPath, { headers: { cookie: cookies[1] ?? "" } })).toBe(200);
  });
});
