import { afterAll, describe, expect, test } from "bun:test";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openApp, type TestApp, type TestAppOptions } from "../support/app.ts";
import { readEvents } from "../support/events.ts";
import { makeKey, type TestKey } from "../support/keys.ts";
import { user } from "../support/routed.ts";
import { answer, openaiText, openUpstream } from "../support/scripted-upstream.ts";

const canary = "canary-key-5b1e-0123456789-wxyz";
const refused = "canary-bad-5b1e-0123456789";
const path = "/backend-api/v2/provider-keys";

const folders: string[] = [];
afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

/** OpenAI at an upstream of ours that knows one key. */
function openVendor() {
  const upstream = openUpstream(({ path: asked, headers }) => {
    const key = headers.authorization?.replace("Bearer ", "");
    if (key !== canary) return answer(401, { error: { message: `Incorrect API key provided: ${key}` } });
    return asked.endsWith("/models") ? answer(200, { data: [{ id: "m" }, { id: "n" }] }) : openaiText("Hi");
  });
  const open = (options: TestAppOptions = {}) =>
    openApp({
      ...options,
      yaml: Bun.YAML.stringify({ providers: [{ name: "Work", type: "openai", base_url: upstream.origin }] }),
    });
  return { upstream, open, [Symbol.dispose]: () => upstream[Symbol.dispose]() };
}

async function send(app: TestApp, method: string, to: string, body?: object, headers?: TestKey["headers"]) {
  const init = { method, ...(headers && { headers }), ...(body && { body: JSON.stringify(body) }) };
  const response = await app.get(`${path}${to}`, init);
  return { status: response.status, body: await response.json() };
}

const keyOf = async (app: TestApp, name: string) =>
  (await send(app, "GET", "")).body.find(({ provider }: { provider: string }) => provider === name);

describe("keys of providers", () => {
  test("are in force from the next question on, survive a restart, and are forgotten at once", async () => {
    using vendor = openVendor();
    const folder = mkdtempSync(join(tmpdir(), "parley-provider-keys-"));
    folders.push(folder);
    const flags = { data_dir: folder };
    {
      await using app = await vendor.open({ flags });
      expect(await keyOf(app, "Work")).toMatchObject({ source: null, saved_at: null, ends_with: null, readable: true });
      const { status, body } = await send(app, "PUT", "/work", { api_key: canary });
      expect([status, body]).toEqual([
        200,
        {
          provider: "Work",
          source: "server",
          setting: "api_key of Work in parley.yaml",
          saved_at: expect.any(String),
          ends_with: "wxyz",
          readable: true,
        },
      ]);
      const models = await (await app.get("/backend-api/v2/models/Work")).json();
      expect(models.map(({ id }: { id: string }) => id)).toEqual(["m", "n"]);
      const events = await readEvents(await app.post({ messages: user, model: "m", provider: "Work" }));
      expect(events.at(-1)).toMatchObject({ type: "finish", finish: { reason: "stop" } });
      const files = readdirSync(folder).filter((each) => statSync(join(folder, each)).isFile());
      for (const name of files)
        expect([name, readFileSync(join(folder, name)).includes(canary)]).toEqual([name, false]);
    }
    await using app = await vendor.open({ flags });
    expect(await send(app, "POST", "/Work/test", {})).toMatchObject({ status: 200, body: { ok: true, models: 2 } });
    expect((await send(app, "DELETE", "/Work")).status).toBe(200);
    expect((await send(app, "DELETE", "/Work")).status).toBe(404);
    const asked = vendor.upstream.requests.length;
    await readEvents(await app.post({ messages: user, model: "m", provider: "Work" }));
    expect(vendor.upstream.requests.slice(asked).map(({ headers }) => headers.authorization)).toEqual([undefined]);
  });

  test("are given to every server on the same directory", async () => {
    using vendor = openVendor();
    const folder = mkdtempSync(join(tmpdir(), "parley-provider-keys-"));
    folders.push(folder);
    const flags = { data_dir: folder };
    await using one = await vendor.open({ flags });
    await using other = await vendor.open({ flags });
    await other.services.ready;
    await send(one, "PUT", "/Work", { api_key: canary });
    for (let tries = 0; tries < 100 && other.services.registry.get("Work").keyCount === 0; tries++)
      await Bun.sleep(100);
    expect(other.services.registry.get("Work").keyCount).toBe(1);
  });

  test("are tried without being kept, and a refusal is the vendor's, without the key", async () => {
    using vendor = openVendor();
    await using app = await vendor.open();
    const good = await send(app, "POST", "/Work/test", { api_key: canary });
    expect(good.body).toEqual({ ok: true, models: 2, latency_ms: expect.any(Number), message: null });
    const bad = await send(app, "POST", "/Work/test", { api_key: refused });
    expect(bad.body).toMatchObject({ ok: false, models: null });
    expect(bad.body.message).toBe(
      "Work answered 401: Incorrect API key provided: [redacted]; set another key on the page Models and keys or send api_key",
    );
    expect(await keyOf(app, "Work")).toMatchObject({ source: null, saved_at: null });
    expect(app.services.registry.get("Work").keyCount).toBe(0);
  });

  test("never stand in a log, an error or an event", async () => {
    using vendor = openVendor();
    await using app = await vendor.open({ flags: { log_level: "debug" } });
    const said = [JSON.stringify(await send(app, "PUT", "/Work", { api_key: refused }))];
    const events = await readEvents(await app.post({ messages: user, model: "m", provider: "Work" }));
    said.push(JSON.stringify(events), JSON.stringify(await send(app, "POST", "/Work/test", {})));
    said.push(JSON.stringify(await send(app, "PUT", "/Work", { api_key: `${refused} ` })));
    said.push(JSON.stringify(await send(app, "PUT", "/Work", { api_key: 5, other: refused })));
    for (const address of ["/backend-api/v2/providers", path]) said.push(await (await app.get(address)).text());
    app.services.log.warn("a line of somebody's", { text: refused });
    expect(said.filter((text) => text.includes(refused))).toEqual([]);
    expect(app.logged.filter((line) => line.includes(refused))).toEqual([]);
    expect(app.logged.some((line) => line.includes("[redacted]"))).toBe(true);
    await app.get("/backend-api/v2/log", { method: "POST", body: JSON.stringify({ text: `It was ${refused}.` }) });
    const { entries } = await (await app.get("/backend-api/v2/log")).json();
    expect(entries).toMatchObject([{ text: "It was [redacted]." }]);
  });

  test("that somebody tries leave the log as it is", async () => {
    using vendor = openVendor();
    await using app = await vendor.open();
    await send(app, "POST", "/Work/test", { api_key: "message" });
    app.services.log.warn("a line of somebody's");
    expect(JSON.parse(app.logged.at(-1) ?? "")).toMatchObject({ message: "a line of somebody's" });
  });

  test("of the operator win: one that is entered is refused, and told where to change it", async () => {
    await using app = await openApp({ environment: { OPENAI_API_KEY: "test-key-0123" } });
    expect(await keyOf(app, "OpenAI")).toMatchObject({ source: "settings", setting: "OPENAI_API_KEY" });
    const { status, body } = await send(app, "PUT", "/OpenAI", { api_key: canary });
    expect([status, body.error.message]).toEqual([409, "the key of OpenAI is set as OPENAI_API_KEY: change it there"]);
    expect((await send(app, "PUT", "/Nobody", { api_key: canary })).status).toBe(404);
    expect((await send(app, "PUT", "/Ollama", { api_key: canary })).status).toBe(400);
    expect((await send(app, "PUT", "/OpenAI", {})).status).toBe(400);
  });

  test("whose own key is lost are sent to nobody, and a word tells how to mend it", async () => {
    using vendor = openVendor();
    const folder = mkdtempSync(join(tmpdir(), "parley-provider-keys-"));
    folders.push(folder);
    const flags = { data_dir: folder };
    {
      await using app = await vendor.open({ flags });
      await send(app, "PUT", "/Work", { api_key: canary });
    }
    rmSync(join(folder, "secret.key"));
    await using app = await vendor.open({ flags });
    expect(await keyOf(app, "Work")).toMatchObject({ source: null, saved_at: expect.any(String), readable: false });
    expect(app.logged.join("\n")).toContain("the key of Work was encrypted with a key that is not here");
    expect((await send(app, "PUT", "/Groq", { api_key: canary })).body.error.code).toBe("wrong_secret_key");
    expect((await send(app, "PUT", "/Work", { api_key: canary })).body).toMatchObject({ source: "server" });
  });

  test("are an admin's to see and to keep; whoever brings one may try it", async () => {
    using vendor = openVendor();
    await using app = await vendor.open({ flags: { access_key: "an-access-key-0123456789" } });
    const { headers } = await makeKey(app, "ann");
    expect((await send(app, "GET", "", undefined, headers)).body.error.code).toBe("admin_only");
    expect((await send(app, "PUT", "/Work", { api_key: canary }, headers)).body.error.code).toBe("admin_only");
    expect((await send(app, "DELETE", "/Work", undefined, headers)).body.error.code).toBe("admin_only");
    expect((await send(app, "POST", "/Work/test", {}, headers)).body.error.code).toBe("admin_only");
    expect((await send(app, "POST", "/Work/test", { api_key: canary }, headers)).body.ok).toBe(true);
    expect((await send(app, "GET", "")).status).toBe(401);
  });
});
