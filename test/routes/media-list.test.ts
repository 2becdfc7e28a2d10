import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { openApp, type TestApp } from "../support/app.ts";
import { makeKey, type TestKey } from "../support/keys.ts";
import { pngOf } from "../support/pictures.ts";
import { wavOf } from "../support/sound.ts";

let made = 0;

async function keep(
  { services: { library } }: TestApp,
  prompt: string,
  { owner = "ann", bytes = pngOf(++made) }: { readonly owner?: string; readonly bytes?: Buffer } = {},
) {
  return (await library.store.save(bytes, { owner, model: "flux", provider: "Work", prompt })).name;
}

let app: TestApp;
let keys: Readonly<Record<"ann" | "bob", TestKey>>;
beforeAll(async () => {
  app = await openApp({ environment: { PARLEY_ACCESS_KEY: "an-access-key-0123456789" } });
  keys = { ann: await makeKey(app, "ann"), bob: await makeKey(app, "bob") };
});
afterAll(() => app[Symbol.asyncDispose]());

const ask = async (
  path: string,
  { as = "ann", method = "GET" }: { readonly as?: "ann" | "bob"; readonly method?: string } = {},
) => {
  const response = await app.get(`/backend-api/v2/media${path}`, {
    method,
    headers: keys[as].headers,
  });
  const body = await response.json();
  return { status: response.status, body, names: body.media?.map(({ name }: { name: string }) => name) };
};

describe("the list of media", () => {
  test("is each owner's own, the newest first, in pages, by kind, and searched", async () => {
    expect((await ask("")).body).toEqual({ total: 0, media: [], next: null });
    const pictures: string[] = [];
    for (let count = 0; count < 5; count++) pictures.unshift(await keep(app, `a red cat, number ${count}`));
    const sound = await keep(app, "a cat that purrs", { bytes: wavOf(1) });
    const others = await keep(app, "a cat of bob's", { owner: "bob" });

    const all = await ask("");
    expect([all.body.total, all.names]).toEqual([6, [sound, ...pictures]]);
    expect(all.body.media[1]).toEqual({
      name: pictures[0],
      url: `/media/${pictures[0]}`,
      thumbnail: `/thumbnail/${pictures[0]}`,
      type: "image/png",
      bytes: pngOf(5).byteLength,
      width: 8,
      height: 8,
      prompt: "a red cat, number 4",
      model: "flux",
      provider: "Work",
      created: expect.any(Number),
    });
    expect(all.body.media[0]).toMatchObject({ thumbnail: null, width: null });
    expect((await ask("", { as: "bob" })).names).toEqual([others]);

    const first = await ask("?type=image&limit=2");
    expect([first.body.total, first.names]).toEqual([5, pictures.slice(0, 2)]);
    const second = await ask(`?type=image&limit=3&cursor=${first.body.next}`);
    expect([second.names, second.body.next]).toEqual([pictures.slice(2), null]);
    expect((await ask("?type=audio")).names).toEqual([sound]);
    expect((await ask("?type=video")).body).toEqual({ total: 0, media: [], next: null });

    expect((await ask("?q=number+3")).names[0]).toBe(pictures[1]);
    expect((await ask("?q=cat&type=audio")).names).toEqual([sound]);
    const found = await ask("?q=cat&type=image&limit=4");
    expect([found.body.total, found.names.length, found.body.next]).toEqual([5, 4, "4"]);
    const rest = await ask("?q=cat&type=image&limit=4&cursor=4");
    expect([...found.names, ...rest.names].toSorted()).toEqual(pictures.toSorted());
    expect((await ask("?q=zebra")).body).toEqual({ total: 0, media: [], next: null });
  });

  test("takes any question for words, and refuses what is none", async () => {
    for (const hostile of ['" OR 1 --', "type : video", "NEAR(a b)", "*", "a* ^b", "{}", "'; DROP TABLE media", "\0"])
      for (const more of ["", "&type=image"])
        expect([hostile, (await ask(`?q=${encodeURIComponent(hostile)}${more}`)).status]).toEqual([hostile, 200]);
    for (const wrong of [
      "?type=text",
      "?limit=0",
      "?limit=201",
      "?cursor=x",
      "?cursor=-1",
      `?q=${Array.from({ length: 40 }, (_, at) => at).join("+")}`,
    ])
      expect([wrong, (await ask(wrong)).body.error?.code]).toEqual([wrong, "invalid_request"]);
    expect((await app.get("/backend-api/v2/media")).status).toBe(401);
  });

  test("is looked up by indices", async () => {
    const { Database } = await import("bun:sqlite");
    const { databaseName } = await import("../../src/store/layout.ts");
    using database = new Database(`${app.services.config.data_dir}/${databaseName}`, { readonly: true });
    const planOf = (sql: string) =>
      database
        .query<{ detail: string }, []>(`EXPLAIN QUERY PLAN ${sql}`)
        .all()
        .map(({ detail }) => detail)
        .join("; ");
    const kind = "iif(type = 'application/ogg', 'audio', substr(type, 1, 5)) = 'image'";
    expect(planOf("SELECT * FROM media WHERE id > 1 AND id < 9 ORDER BY id DESC LIMIT 5")).toBe(
      "SEARCH media USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)",
    );
    expect(planOf(`SELECT * FROM media WHERE id > 1 AND id < 9 AND ${kind} ORDER BY id DESC LIMIT 5`)).toBe(
      "SEARCH media USING INDEX media_by_kind (<expr>=? AND rowid>? AND rowid<?)",
    );
    expect(planOf(`SELECT count(*) FROM media WHERE id > 1 AND id < 9 AND ${kind}`)).toContain("media_by_kind");
    expect(planOf("SELECT * FROM buckets WHERE owner = 'a' AND id < 9 ORDER BY id DESC LIMIT 5")).toBe(
      "SEARCH buckets USING INDEX buckets_by_owner (owner=? AND rowid<?)",
    );
    expect(planOf("SELECT * FROM bucket_files WHERE bucket = 1 AND id > 5 ORDER BY id LIMIT 5")).toBe(
      "SEARCH bucket_files USING INDEX bucket_files_by_bucket (bucket=? AND rowid>?)",
    );
  });
});

describe("a medium", () => {
  test("is deleted by its owner alone, with its small picture", async () => {
    const name = await keep(app, "to be deleted");
    const bearer = { headers: keys.ann.headers };
    await (await app.get(`/thumbnail/${name}`, bearer)).bytes();
    const before = app.services.store.thumbnails.totalBytes();
    expect((await ask(`/${name}`, { as: "bob", method: "DELETE" })).status).toBe(404);
    expect((await ask(`/${name}`, { method: "DELETE" })).status).toBe(200);
    expect((await ask(`/${name}`, { method: "DELETE" })).status).toBe(404);
    expect((await app.get(`/media/${name}`, bearer)).status).toBe(404);
    expect((await ask("?q=deleted")).names).toEqual([]);
    expect(app.services.store.thumbnails.totalBytes()).toBeLessThan(before);
  });

  test("stays while another owner has the same, and while a shared chat shows it", async () => {
    const bytes = pngOf(++made);
    const [mine, theirs] = [
      await keep(app, "the same", { bytes }),
      await keep(app, "the same", { bytes, owner: "bob" }),
    ];
    expect((await ask(`/${mine}`, { method: "DELETE" })).status).toBe(200);
    const bob = keys.bob.headers;
    expect((await app.get(`/media/${theirs}`, { headers: bob })).status).toBe(200);
    const document = { items: [{ role: "assistant", content: `![x](/media/${theirs})` }] };
    await app.get("/backend-api/v2/chat/s", { method: "POST", headers: bob, body: JSON.stringify(document) });
    const refused = await ask(`/${theirs}`, { as: "bob", method: "DELETE" });
    expect([refused.status, refused.body.error.code]).toEqual([409, "conflict"]);
    await app.get("/backend-api/v2/chat/s", { method: "DELETE", headers: bob });
    expect((await ask(`/${theirs}`, { as: "bob", method: "DELETE" })).status).toBe(200);
  });
});
