import { describe, expect, test } from "bun:test";
import { openApp, type TestApp } from "../support/app.ts";

const png = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);
const key = "an-access-key-0123456789";
const bearer = { authorization: `Bearer ${key}` };
const origin = { model: "flux", prompt: 'a "red" café' };

const open = (options: Parameters<typeof openApp>[0] = {}) =>
  openApp({ environment: { PARLEY_ACCESS_KEY: key }, ...options });

/** A picture of an owner's, by its name. */
const keep = async (app: TestApp, owner = "local", bytes: Uint8Array = png) =>
  (await app.services.library.store.save(bytes, { owner, ...origin })).name;

const share = (app: TestApp, id: string, text: string, more: object = {}) =>
  app.get(`/backend-api/v2/chat/${id}`, {
    method: "POST",
    headers: bearer,
    body: JSON.stringify({ items: [{ role: "assistant", content: text }], ...more }),
  });
const remove = (app: TestApp, id: string) =>
  app.get(`/backend-api/v2/chat/${id}`, { method: "DELETE", headers: bearer });
const statusOf = async (app: TestApp, path: string, headers: Record<string, string> = {}) =>
  (await app.get(path, { headers })).status;

async function upload(app: TestApp, owner: string, bucketId: string, name: string) {
  const { path } = await app.services.store.scratch.write([png]);
  const signal = AbortSignal.timeout(10_000);
  await app.services.buckets.upload(owner, bucketId, [{ path, name, type: "image/png" }], {
    signal,
    transcribe: undefined,
  });
}

describe("a medium that a shared chat names", () => {
  test("is kept by no cache on the way, and by a stranger's own not without asking again", async () => {
    await using app = await open();
    const name = encodeURI(await keep(app));
    await share(app, "s", `/media/${name}`);
    for (const path of [`/media/${name}`, `/images/${name}`, `/thumbnail/${name}`]) {
      const kept = async (headers: Record<string, string>) =>
        (await app.get(path, { headers })).headers.get("cache-control");
      expect([path, await kept(bearer), await kept({})]).toEqual([
        path,
        "private, max-age=31536000, immutable",
        "private, no-cache",
      ]);
    }
  });

  test("is read without a key for as long as the chat is there, small and whole, and no other is", async () => {
    await using app = await open();
    const [name, secret] = [await keep(app), await keep(app, "local", Buffer.concat([png, Buffer.from("2")]))];
    const paths = ["media", "images", "thumbnail"].map((folder) => `/${folder}/${encodeURI(name)}`);
    const statuses = async () => Promise.all(paths.map((path) => statusOf(app, path)));
    expect(await statuses()).toEqual([401, 401, 401]);
    await share(app, "s", `<a href="/media/${encodeURI(name)}"><img src="/thumbnail/${encodeURI(name)}"></a>`);
    expect(await statuses()).toEqual([200, 200, 200]);
    expect((await app.get(paths[0]!, { method: "HEAD" })).status).toBe(200);
    expect((await app.get(paths[0]!, { method: "POST" })).status).toBe(401);
    expect(await statusOf(app, `/media/${encodeURI(secret)}`)).toBe(401);
    expect(await statusOf(app, `/media/${encodeURI(secret)}`, bearer)).toBe(200);
    expect(await statusOf(app, `/search/red`)).toBe(401);
    // The next version no longer names it, and another one does again.
    await share(app, "s", "nothing");
    expect(await statuses()).toEqual([401, 401, 401]);
    await share(app, "s", `See http://example.com/media/${name}.`);
    expect(await statuses()).toEqual([200, 200, 200]);
    await remove(app, "s");
    expect(await statuses()).toEqual([401, 401, 401]);
  });

  test("is not published by somebody else, nor once the chat has expired", async () => {
    let now = Date.now();
    await using app = await open({ clock: () => now });
    const theirs = await keep(app, "somebody");
    await share(app, "s", `/media/${theirs}`);
    for (const headers of [{}, bearer]) expect(await statusOf(app, `/media/${theirs}`, headers)).not.toBe(200);
    const ours = await keep(app, "local", Buffer.concat([png, Buffer.from("3")]));
    await app.get("/backend-api/v2/chat/soon?expires_in=10", {
      method: "POST",
      headers: bearer,
      body: JSON.stringify({ picture: `/media/${ours}` }),
    });
    expect(await statusOf(app, `/media/${ours}`)).toBe(200);
    now += 11_000;
    expect(await statusOf(app, `/media/${ours}`)).toBe(401);
  });

  test("is published by the chat's owner alone, and not by who holds its write key", async () => {
    await using app = await open();
    const [first, second] = [await keep(app), await keep(app, "local", Buffer.concat([png, Buffer.from("5")]))];
    const { write_key: writeKey } = await (await share(app, "s", `/media/${first}`)).json();
    const byKey = (text: string) =>
      app.get("/backend-api/v2/chat/s", {
        method: "POST",
        headers: { "x-write-key": writeKey },
        body: JSON.stringify({ text }),
      });
    expect((await byKey(`/media/${first} /media/${second}`)).status).toBe(200);
    expect([await statusOf(app, `/media/${first}`), await statusOf(app, `/media/${second}`)]).toEqual([200, 401]);
    await byKey("none");
    await byKey(`/media/${first}`);
    expect(await statusOf(app, `/media/${first}`)).toBe(401);
  });

  test("may be in a bucket, whose other files stay closed", async () => {
    await using app = await open();
    await upload(app, "local", "b é", "a.png");
    await upload(app, "local", "b é", "b.png");
    await upload(app, "somebody", "b é", "b.png");
    const path = (name: string, folder = "media") => `/files/${encodeURIComponent("b é")}/${folder}/${name}`;
    expect(await statusOf(app, path("a.png"))).toBe(401);
    await share(app, "s", `![a](${path("a.png")})`);
    expect([
      await statusOf(app, path("a.png")),
      await statusOf(app, path("a.png", "thumbnail")),
      await statusOf(app, path("b.png")),
      await statusOf(app, `/backend-api/v2/files/${encodeURIComponent("b é")}`),
    ]).toEqual([200, 200, 401, 401]);
    await remove(app, "s");
    expect(await statusOf(app, path("a.png"))).toBe(401);
  });

  test("never expires while it is, also where it came after the chat", async () => {
    let now = 1_800_000_000_000;
    await using app = await open({ clock: () => now });
    const { media } = app.services.store;
    const [first, second] = [await keep(app), await keep(app, "local", Buffer.concat([png, Buffer.from("4")]))];
    const expired = async () => (await media.listExpired(now + 1, 9)).map(({ name }) => name).toSorted();
    expect(await expired()).toEqual([first, second].toSorted());
    await share(app, "s", `/media/${first} and /thumbnail/${first}`);
    await share(app, "t", `/media/${first}`);
    expect(await expired()).toEqual([second]);
    await media.remove(first);
    expect(await statusOf(app, `/media/${first}`)).toBe(200);
    await remove(app, "s");
    expect(await expired()).toEqual([second]);
    await remove(app, "t");
    expect(await expired()).toEqual([first, second].toSorted());
    await media.remove(first);
    await share(app, "s", `/media/${first}`);
    expect(await keep(app)).toBe(first);
    expect(await expired()).toEqual([second]);
    now += 1;
  });

  test("is found wherever its address stands, and a document full of addresses takes no time", async () => {
    await using app = await open({ yaml: "max_body: 16777216" });
    const name = await keep(app);
    const spellings = [
      `{"a":{"b":["x","\\/media\\/${encodeURI(name)}"]}}`,
      JSON.stringify({
        content: [{ type: "image_url", image_url: { url: `http://host/images/${encodeURI(name)}?x=1` } }],
      }),
      JSON.stringify({ text: `(/media/${name}), and more` }),
    ];
    for (const body of spellings) {
      await app.get("/backend-api/v2/chat/s", { method: "POST", headers: bearer, body });
      expect([body, await statusOf(app, `/media/${encodeURI(name)}`)]).toEqual([body, 200]);
      await remove(app, "s");
    }
    const hostile = [
      "/media/",
      "/media/a",
      "/files/x/media/",
      "/",
      "/files/",
      `/media/%${"%".repeat(600)}`,
      "/media/%00",
    ];
    for (const piece of hostile) {
      const saved = await share(app, "h", piece.repeat(4_000_000 / piece.length));
      expect([piece.slice(0, 20), saved.status]).toEqual([piece.slice(0, 20), 200]);
    }
  });
});
