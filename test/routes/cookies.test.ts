import { afterAll, describe, expect, test } from "bun:test";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openApp, providerYaml, type TestApp, type TestAppOptions } from "../support/app.ts";
import { root } from "../support/command.ts";
import { readEvents } from "../support/events.ts";
import { openRouted, user } from "../support/routed.ts";
import { answer, openaiText, openUpstream } from "../support/scripted-upstream.ts";

const uploadPath = "/backend-api/v2/upload_cookies";
const listPath = "/backend-api/v2/cookies";
const canary = "canary-7f3a9c-value";

const fixture = (name: string) => readFileSync(join(root, "test/fixtures/cookies", name));
const cookie = (domain: string, told: object = {}) => ({ domain, name: "sid", value: canary, ...told });

async function upload(app: TestApp, content: unknown, name = "cookies.json", field = "file") {
  const form = new FormData();
  const bytes = content instanceof Uint8Array ? Uint8Array.from(content) : JSON.stringify(content);
  form.append(field, new File([bytes], name));
  const response = await app.get(uploadPath, { method: "POST", body: form });
  return { status: response.status, body: await response.json() };
}

const list = async (app: TestApp) => (await (await app.get(listPath)).json()).domains;
const remove = (app: TestApp, domain: string) => app.get(`${listPath}/${domain}`, { method: "DELETE" });

const folders: string[] = [];
afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

/** Servers that share a directory one after the other. */
function openFolder() {
  const folder = mkdtempSync(join(tmpdir(), "parley-cookies-"));
  folders.push(folder);
  const open = (options: TestAppOptions = {}) => openApp({ ...options, flags: { data_dir: folder, ...options.flags } });
  return { folder, open };
}

describe("cookies", () => {
  test("of each kind of file are taken, listed without names and values, and deleted", async () => {
    await using app = await openApp({ clock: () => Date.parse("2026-06-01T00:00:00Z") });
    const kinds = { "extension.json": 2, "storage-state.json": 2, "cookies.txt": 2, "chrome.har": 1, "firefox.har": 2 };
    for (const [name, cookies] of Object.entries(kinds)) {
      const { status, body } = await upload(app, fixture(name), name);
      expect([status, body.file]).toEqual([200, name]);
      expect(body.domains).toContainEqual({ domain: "chat.example", cookies });
    }
    const uploaded = { uploaded_at: "2026-06-01T00:00:00.000Z", readable: true };
    const never = { first_expiry: null, last_expiry: null };
    const once = (time: string) => ({ first_expiry: time, last_expiry: time });
    // What another file had of the same domain is replaced, and the other domains stay.
    expect(await list(app)).toEqual([
      { domain: "chat.example", cookies: 2, ...never, ...uploaded },
      { domain: "other.example", cookies: 1, ...once("2100-01-01T00:00:00.000Z"), ...uploaded },
      { domain: "plain.example", cookies: 2, ...never, ...uploaded },
    ]);
    const removed = await remove(app, "Other.Example");
    expect([removed.status, await removed.json()]).toEqual([200, { domain: "other.example", cookies: 1 }]);
    expect((await list(app)).map(({ domain }: { domain: string }) => domain)).toEqual([
      "chat.example",
      "plain.example",
    ]);
    for (const domain of ["other.example", "nowhere.example", "example", "%00", "..", "a%2Fb", "a.example:80"])
      expect([400, 404]).toContain((await remove(app, domain)).status);
  });

  test("are parsed before they are stored: what cannot be used is refused with the reason, and changes nothing", async () => {
    await using app = await openApp();
    await upload(app, [cookie("a.example")]);
    const refusals: [Promise<{ status: number; body: { error: { message: string } } }>, RegExp][] = [
      [upload(app, [cookie("a.example"), { domain: "b.example", value: canary }]), /\[1\]\.name: expected text/],
      [upload(app, new Uint8Array([137, 80, 78, 71, 13, 10, 26, 10]), "a.png"), /not text in UTF-8/],
      [upload(app, "nothing", "a.txt"), /its JSON is neither/],
      [upload(app, new TextEncoder().encode("hello"), "a.txt"), /neither JSON, nor a HAR, nor a cookies.txt/],
      [upload(app, [cookie("a.example")], "a.json", "files"), /one file, in a field "file"/],
      [upload(app, [cookie("a.example", { expires: 1 })]), /no cookie that has not expired/],
    ];
    for (const [refused, why] of refusals) {
      const { status, body } = await refused;
      expect([status, body.error.message]).toEqual([400, expect.stringMatching(why)]);
      expect(JSON.stringify(body)).not.toContain(canary);
    }
    expect((await app.get(uploadPath, { method: "POST", body: "{}" })).status).toBe(400);
    expect((await upload(app, new Uint8Array(17 * 1024 * 1024))).status).toBe(413);
    expect(await list(app)).toMatchObject([{ domain: "a.example", cookies: 1 }]);
    expect(readdirSync(join(app.services.config.data_dir, "uploads"))).toEqual([]);
    expect(app.logged.join("\n")).not.toContain(canary);
  });

  test("lie encrypted on disk, and outlive a restart", async () => {
    const { folder, open } = openFolder();
    {
      await using app = await open();
      await upload(app, [cookie("a.example", { name: "canary-name" })]);
      for (const name of readdirSync(folder).filter((each) => statSync(join(folder, each)).isFile())) {
        const bytes = readFileSync(join(folder, name));
        expect([name, bytes.includes(canary), bytes.includes("canary-name")]).toEqual([name, false, false]);
      }
      expect(statSync(join(folder, "secret.key")).mode & 0o777).toBe(0o600);
    }
    await using app = await open();
    expect(await list(app)).toMatchObject([{ domain: "a.example", readable: true }]);
    expect(await app.services.cookies.find(new URL("https://a.example/"))).toMatchObject([{ value: canary }]);
  });

  test("whose key is lost are sent to nobody, and nothing else fails; the cure is told", async () => {
    const { folder, open } = openFolder();
    using upstream = openUpstream(() => openaiText("Hi"));
    const yaml = providerYaml({ name: "Work", origin: upstream.origin });
    {
      await using app = await open();
      await upload(app, [cookie("127.0.0.1")]);
    }
    rmSync(join(folder, "secret.key"));
    await using app = await open({ yaml });
    expect(await list(app)).toMatchObject([{ domain: "127.0.0.1", readable: false }]);
    await readEvents(await app.post({ messages: user, model: "m" }));
    expect(upstream.requests.at(-1)?.headers.cookie).toBeUndefined();
    const { status, body } = await upload(app, [cookie("b.example")]);
    expect([status, body.error.code]).toEqual([409, "wrong_secret_key"]);
    expect(body.error.message).toMatch(/127\.0\.0\.1 were encrypted.*put the file secret\.key back.*or delete those/);
    expect(app.logged.join("\n")).toContain("put the file secret.key back");
    await remove(app, "127.0.0.1");
    expect((await upload(app, [cookie("b.example")])).status).toBe(200);
  });

  test("that expire are not sent, and go", async () => {
    let now = Date.parse("2026-06-01T00:00:00Z");
    await using app = await openApp({ clock: () => now });
    const soon = now / 1000 + 60;
    await upload(app, [
      cookie("a.example", { expires: soon }),
      cookie("a.example", { name: "stays" }),
      cookie("b.example", { expires: soon }),
    ]);
    now += 61_000;
    const names = async () => (await app.services.cookies.find(new URL("https://a.example/"))).map(({ name }) => name);
    expect(await names()).toEqual(["stays"]);
    await app.services.expiry.sweep();
    expect(await list(app)).toMatchObject([{ domain: "a.example", cookies: 1, first_expiry: null }]);
    expect(await names()).toEqual(["stays"]);
  });

  test("are an admin's business", async () => {
    await using app = await openApp({ environment: { PARLEY_ACCESS_KEY: "a-key-of-sixteen-characters" } });
    expect((await app.get(listPath)).status).toBe(401);
    expect((await upload(app, [cookie("a.example")])).status).toBe(401);
  });
});

describe("a provider is sent cookies", () => {
  test("of its host, as soon as they are there, with every request, and never shown", async () => {
    const refusing = answer(400, { error: { message: `bad cookie sid=${canary}` } });
    await using routed = await openRouted([({ body }) => (body.includes("fail") ? refusing : openaiText("Hi"))]);
    const { app, ask } = routed;
    const [upstream] = routed.upstreams;
    const last = () => upstream?.requests.at(-1)?.headers.cookie;
    await ask();
    expect(last()).toBeUndefined();
    await upload(app, [
      cookie("127.0.0.1"),
      cookie("127.0.0.1", { name: "deep", path: "/chat", value: "d", secure: true }),
      cookie("127.0.0.1", { name: "other", path: "/elsewhere" }),
      cookie("127.0.0.1", { name: "é", value: "✓ ü" }),
      cookie("localhost", { name: "host" }),
    ]);
    await ask();
    const sent = Buffer.from(last() ?? "", "latin1").toString("utf8");
    expect(sent).toBe(`deep=d; sid=${canary}; é=✓ ü`);
    // The caller's own key changes nothing of it.
    await ask({ provider: "A", api_key: "own-key-0123456" });
    expect(last()).toContain(canary);

    const failed = await app.post({ messages: [{ role: "user", content: "fail" }], model: "m" });
    const told = await failed.text();
    expect(told).toContain("bad cookie sid=[redacted]");
    const run = failed.headers.get("x-run-id");
    expect(await (await app.get(`/backend-api/v2/runs/${run}/trace`)).text()).not.toContain(canary);
    expect(app.logged.join("\n")).not.toContain(canary);
    await remove(app, "127.0.0.1");
    await ask();
    expect(last()).toBeUndefined();
  });

  test("of its own host alone", async () => {
    using local = openUpstream(() => openaiText("Hi"));
    await using routed = await openRouted([() => openaiText("Hi")], {
      providers: [{ base_url: local.origin.replace("127.0.0.1", "localhost") }],
    });
    await upload(routed.app, [cookie("127.0.0.1")]);
    await routed.ask();
    expect(local.requests.at(-1)?.headers.cookie).toBeUndefined();
    await upload(routed.app, [cookie("localhost", { value: "mine" })]);
    await routed.ask();
    expect(local.requests.at(-1)?.headers.cookie).toBe("sid=mine");
  });

  test("unless its settings have a header of their own", async () => {
    await using routed = await openRouted([() => openaiText("Hi")], { providers: [{ headers: { Cookie: "own=1" } }] });
    await upload(routed.app, [cookie("127.0.0.1")]);
    await routed.ask();
    expect(routed.upstreams[0]?.requests.at(-1)?.headers.cookie).toBe("own=1");
  });

  test("but a server that a caller names is not", async () => {
    using upstream = openUpstream(() => openaiText("Hi"));
    await using app = await openApp({ flags: { allowed_hosts: "127.0.0.1,localhost" } });
    await upload(app, [cookie("127.0.0.1"), cookie("localhost")]);
    for (const base_url of [upstream.origin, upstream.origin.replace("127.0.0.1", "localhost")])
      await readEvents(await app.post({ messages: user, model: "m", provider: "Custom", base_url }));
    expect(upstream.requests.map(({ headers }) => headers.cookie)).toEqual([undefined, undefined]);
  });

  test("nor is the host that it sends on to", async () => {
    using other = openUpstream(() => openaiText("Hi"));
    await using routed = await openRouted([
      () => ["HTTP/1.1 307 Away\r\nlocation: " + other.origin + "/chat/completions\r\ncontent-length: 0\r\n\r\n"],
    ]);
    await upload(routed.app, [cookie("127.0.0.1")]);
    await (await routed.app.post({ messages: user, model: "m" })).text();
    expect(routed.upstreams[0]?.requests.length).toBeGreaterThan(0);
    expect(other.requests).toHaveLength(0);
  });
});
