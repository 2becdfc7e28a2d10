import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { openApp, type TestApp } from "../support/app.ts";
import { makeKey, type TestKey } from "../support/keys.ts";
import { pngOf } from "../support/pictures.ts";

let app: TestApp;
let keys: Readonly<Record<"ann" | "bob" | "cy", TestKey>>;
beforeAll(async () => {
  app = await openApp({ environment: { PARLEY_ACCESS_KEY: "an-access-key-0123456789" } });
  keys = { ann: await makeKey(app, "ann"), bob: await makeKey(app, "bob"), cy: await makeKey(app, "cy") };
});
afterAll(() => app[Symbol.asyncDispose]());

const ask = async (path: string, as: keyof typeof keys = "ann") => {
  const response = await app.get(`/backend-api/v2/files${path}`, { headers: keys[as].headers });
  return { status: response.status, body: await response.json() };
};

async function upload(id: string, files: readonly File[], as: keyof typeof keys = "ann") {
  const form = new FormData();
  for (const file of files) form.append("files", file);
  const { headers } = keys[as];
  await (await app.get(`/backend-api/v2/files/${id}`, { method: "POST", body: form, headers })).json();
}

const text = (name: string, content: string) => new File([content], name, { type: "text/plain" });

describe("the list of buckets", () => {
  test("is each owner's own, the newest first, in pages, with what they hold", async () => {
    expect((await ask("")).body).toEqual({ buckets: [], next: null });
    await upload("old", [
      text("a.md", "one"),
      new File([new Uint8Array(pngOf(1))], "b.png"),
      text("c.md", "two"),
      text("d.md", "3"),
    ]);
    await upload("new", [text("x.md", "hello")]);
    await upload("old", [text("a.md", "again")], "bob");
    const { body } = await ask("");
    expect(body.buckets.map(({ bucket_id }: { bucket_id: string }) => bucket_id)).toEqual(["new", "old"]);
    expect(body.buckets[1]).toEqual({
      bucket_id: "old",
      documents: 3,
      media: 1,
      text_bytes: 7,
      media_bytes: pngOf(1).byteLength,
      created_at: expect.stringMatching(/^\d{4}-.*Z$/),
      updated_at: expect.stringMatching(/^\d{4}-.*Z$/),
      names: ["a.md", "b.png", "c.md"],
    });
    const first = (await ask("?limit=1")).body;
    expect([
      first.buckets[0].bucket_id,
      (await ask(`?limit=1&cursor=${first.next}`)).body.buckets[0].bucket_id,
    ]).toEqual(["new", "old"]);
    expect((await ask("", "bob")).body).toMatchObject({ buckets: [{ bucket_id: "old", documents: 1 }], next: null });
    for (const wrong of ["?limit=0", "?limit=201", "?cursor=x'", "?cursor=1e3"])
      expect([wrong, (await ask(wrong)).body.error?.code]).toEqual([wrong, "invalid_request"]);
    expect((await app.get("/backend-api/v2/files")).status).toBe(401);
  });

  test("and the files of one, in the order in which they came", async () => {
    await upload("order", [text("z.md", "1"), new File([new Uint8Array(pngOf(2))], "m.png"), text("a.md", "22")]);
    const { body } = await ask("/order/list");
    expect(body).toEqual({
      files: [
        {
          name: "z.md",
          kind: "document",
          type: expect.any(String),
          bytes: 1,
          width: null,
          height: null,
          created_at: expect.any(String),
        },
        expect.objectContaining({ name: "m.png", kind: "media", type: "image/png", width: 8, height: 8 }),
        expect.objectContaining({ name: "a.md", bytes: 2 }),
      ],
      next: null,
    });
    const first = (await ask("/order/list?limit=2")).body;
    expect((await ask(`/order/list?limit=2&cursor=${first.next}`)).body.files).toEqual(body.files.slice(2));
    for (const [path, as] of [
      ["/order/list", "bob"],
      ["/none/list", "ann"],
      ["/order/text/z.md", "bob"],
      ["/order/text/m.png", "ann"],
      ["/order/text/none.md", "ann"],
    ] as const)
      expect([path, (await ask(path, as)).status]).toEqual([path, 404]);
  });

  test("and the text of a document, in parts of whole characters", async () => {
    const long = "Grüße, 世界 👋. ".repeat(10_000);
    await upload("long", [text("long.txt", long)]);
    const parts: string[] = [];
    for (let from: number | null = 0; from !== null;) {
      const { body } = await ask(`/long/text/long.txt?from=${from}`);
      expect(body.bytes).toBe(Buffer.byteLength(long));
      parts.push(body.text);
      from = body.next;
    }
    expect(parts.length).toBeGreaterThan(3);
    expect(parts.join("") === long).toBe(true);
    expect((await ask("/long/text/long.txt?from=999999999")).body).toMatchObject({ text: "", next: null });
    const begins = async (from: number) => (await ask(`/long/text/long.txt?from=${from}`)).body.text.slice(0, 3);
    expect([await begins(2), await begins(3)]).toEqual(["üße", "ße,"]);
    expect((await ask("/long/text/long.txt?from=-1")).status).toBe(400);
    expect((await ask("/long/text/..%2Flong.txt")).status).toBe(400);
  });
});

describe("the list of those of whom something is remembered", () => {
  test("is each owner's own, with how many memories there are, in pages", async () => {
    const send = (path: string, init: RequestInit = {}) =>
      app.get(`/backend-api/v2/memory${path}`, { ...init, headers: keys.cy.headers });
    expect(await (await send("")).json()).toEqual({ own: "cy", users: [], next: null });
    for (const [user, memory] of [
      ["zoe", "likes tea"],
      ["cy", "has a dog"],
      ["zoe", "likes rain"],
      ["gone", "x"],
    ])
      await send(`/${user}`, { method: "POST", body: JSON.stringify({ memory }) });
    await send("/gone", { method: "DELETE" });
    const users = [
      { user_id: "cy", count: 1 },
      { user_id: "zoe", count: 2 },
    ];
    expect(await (await send("")).json()).toEqual({ own: "cy", users, next: null });
    const first = await (await send("?limit=1")).json();
    expect(first).toEqual({ own: "cy", users: users.slice(0, 1), next: "cy" });
    expect(await (await send("?limit=1&cursor=cy")).json()).toEqual({ own: "cy", users: users.slice(1), next: null });
    expect(await (await send("?cursor=%27%20OR%201")).json()).toMatchObject({ users });
    const others = await app.get("/backend-api/v2/memory", { headers: keys.ann.headers });
    expect(await others.json()).toEqual({ own: "ann", users: [], next: null });
  });
});
