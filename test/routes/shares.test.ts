import { describe, expect, test } from "bun:test";
import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { openApp, type TestApp } from "../support/app.ts";

const pathOf = (id: string) => `/backend-api/v2/chat/${encodeURIComponent(id)}`;
const key = "an-access-key-0123456789";
const bearer = { authorization: `Bearer ${key}` };

const share = (app: TestApp, id: string, body: unknown, headers: Record<string, string> = {}) =>
  app.get(pathOf(id), { method: "POST", body: typeof body === "string" ? body : JSON.stringify(body), headers });
const read = (app: TestApp, id: string, headers: Record<string, string> = {}) => app.get(pathOf(id), { headers });
const codeOf = async (answer: Response) => [answer.status, (await answer.json()).error?.code];
const filesOf = (app: TestApp) => readdirSync(join(app.services.config.data_dir, "shares"));

describe("a shared chat", () => {
  test("is given back byte for byte, whatever JSON it is", async () => {
    await using app = await openApp();
    const documents = [
      '{"updated":1}',
      ' { "updated" : 5, "b":1,"a":2,\n"2":0,"1":0 }\n',
      '{"__proto__":{"updated":7},"constructor":null,"updated":6}',
      '{"n":12345678901234567890,"f":1.0,"e":1E400,"z":-0,"updated":7}',
      '{"a":1,"a":2,"updated":1,"updated":8}',
      '{"t":"\\u00e9\\/\\ud800 \u2028e\u0301 <script>","updated":9}',
      '\ufeff{"updated":10}',
      `{"updated":11,"x":"${"é".repeat(700_000)}"}`,
    ];
    for (const document of documents) {
      const saved = await share(app, "s", document);
      expect([document.slice(0, 60), saved.status]).toEqual([document.slice(0, 60), 200]);
      const answer = await read(app, "s");
      expect(Buffer.from(await answer.arrayBuffer()).equals(Buffer.from(document))).toBe(true);
      expect(answer.headers.get("content-type")).toBe("application/json; charset=utf-8");
      expect(answer.headers.get("cache-control")).toBe("no-cache");
      const head = await app.get(pathOf("s"), { method: "HEAD" });
      expect([head.status, head.headers.get("etag"), head.headers.get("content-length")]).toEqual([
        200,
        answer.headers.get("etag"),
        String(Buffer.byteLength(document)),
      ]);
    }
    expect(filesOf(app)).toHaveLength(1);
    expect(({} as { updated?: number }).updated).toBeUndefined();
  });

  test("is refused where it is no document, or its version is none, and nothing is changed", async () => {
    await using app = await openApp({ yaml: "max_body: 1024" });
    await share(app, "s", { updated: 5 });
    for (const body of ["[]", "1", "null", '""'])
      expect(await codeOf(await share(app, "s", body))).toEqual([400, "invalid_request"]);
    for (const body of ["", "{", '{"a":\xff}'])
      expect(await codeOf(await share(app, "s", body))).toEqual([400, "invalid_json"]);
    for (const updated of [-1, 1.5, "7", null, true, [], {}, 1e300, 2 ** 53]) {
      const refused = await share(app, "s", { updated });
      expect([refused.status, (await refused.json()).error]).toEqual([
        400,
        {
          code: "invalid_request",
          message: "updated: expected the document's version: a whole number of milliseconds since 1970",
        },
      ]);
    }
    expect(await codeOf(await share(app, "s", { updated: 6, text: "x".repeat(1024) }))).toEqual([
      413,
      "body_too_large",
    ]);
    for (const id of ["a/b", "a\\b", "a\0", "x".repeat(129)])
      for (const method of ["GET", "POST", "DELETE"])
        expect((await app.get(pathOf(id), { method, ...(method === "POST" && { body: "{}" }) })).status).toBe(400);
    expect(await (await read(app, "s")).json()).toEqual({ updated: 5 });
    expect(filesOf(app)).toHaveLength(1);
  });

  test("keeps its newest version: an older one, and another of the same moment, are refused", async () => {
    await using app = await openApp();
    const first = await (await share(app, "s", { updated: 10, by: "a" })).json();
    expect(first).toEqual({ share_id: "s", updated: 10, write_key: expect.stringMatching(/^write_[\w-]{22}$/) });
    expect(await codeOf(await share(app, "s", { updated: 9 }))).toEqual([409, "conflict"]);
    expect(await codeOf(await share(app, "s", { updated: 10, by: "b" }))).toEqual([409, "conflict"]);
    expect(await (await share(app, "s", { updated: 10, by: "a" })).json()).toEqual({ share_id: "s", updated: 10 });
    expect(await (await read(app, "s")).json()).toEqual({ updated: 10, by: "a" });
    expect(await (await share(app, "s", { updated: 11 })).json()).toEqual({ share_id: "s", updated: 11 });
    expect(filesOf(app)).toHaveLength(1);
  });

  test("without a version of its own gets the server's clock, which never stands still", async () => {
    let now = 1000;
    await using app = await openApp({ clock: () => now });
    const versions: number[] = [];
    for (const text of ["one", "two", "three"]) versions.push((await (await share(app, "s", { text })).json()).updated);
    now = 5000;
    versions.push((await (await share(app, "s", { text: "four" })).json()).updated);
    expect(versions).toEqual([1000, 1001, 1002, 5000]);
    const answer = await read(app, "s");
    expect([answer.headers.get("etag"), await answer.json()]).toEqual(['"5000"', { text: "four" }]);
  });

  test("is replaced only where the version is the one of If-Match", async () => {
    await using app = await openApp();
    expect(await codeOf(await share(app, "s", { a: 1 }, { "if-match": "*" }))).toEqual([412, "precondition_failed"]);
    const { updated } = await (await share(app, "s", { a: 1 })).json();
    const { updated: next } = await (await share(app, "s", { a: 2 }, { "if-match": `"${updated}"` })).json();
    expect(await codeOf(await share(app, "s", { a: 3 }, { "if-match": `"${updated}"` }))).toEqual([
      412,
      "precondition_failed",
    ]);
    expect((await share(app, "s", { a: 4 }, { "if-match": `"1", ${next}` })).status).toBe(200);
  });

  test("is not sent again to whoever names its version, however it is spelled", async () => {
    await using app = await openApp();
    await share(app, "s", { updated: 170 });
    for (const known of ["170", '"170"', 'W/"170"', "W/170", '"1", "170"', "1,170", '"1",W/"170" , "x"', "*", " * "]) {
      const answer = await app.get(`${pathOf("s")}?now=1`, { headers: { "if-none-match": known } });
      expect([known, answer.status, answer.headers.get("etag"), await answer.text()]).toEqual([
        known,
        304,
        '"170"',
        "",
      ]);
    }
    for (const known of ["171", '"17"', '"1,170,2"', "null", "undefined", "", ",,", '"', "0170", "1e2", "170.0"]) {
      const answer = await read(app, "s", { "if-none-match": known });
      expect([known, answer.status, await answer.json()]).toEqual([known, 200, { updated: 170 }]);
    }
    expect((await app.get(pathOf("s"), { method: "HEAD", headers: { "if-none-match": "170" } })).status).toBe(304);
  });

  test("is gone when it is deleted, here or where buckets are, and its id is free", async () => {
    await using app = await openApp();
    for (const path of [pathOf("s"), "/backend-api/v2/files/s"]) {
      const { write_key: first } = await (await share(app, "s", { updated: 10 })).json();
      expect((await app.get(path, { method: "DELETE" })).status).toBe(200);
      expect(await codeOf(await read(app, "s"))).toEqual([404, "not_found"]);
      expect(await codeOf(await app.get(path, { method: "DELETE" }))).toEqual([404, "not_found"]);
      const { write_key: second } = await (await share(app, "s", { updated: 1 })).json();
      expect(second).not.toBe(first);
      await app.get(path, { method: "DELETE" });
    }
    expect(filesOf(app)).toEqual([]);
  });

  test("goes by itself when it is time, and what a write does not say stays as it was", async () => {
    let now = Date.parse("2026-11-24T00:00:00Z");
    await using app = await openApp({ clock: () => now, yaml: "share_retention: 1" });
    const at = (ms: number) => new Date(Date.parse("2026-11-24T00:00:00Z") + ms).toISOString();
    const usual = await (await share(app, "usual", { updated: 1 })).json();
    expect(usual.expires_at).toBe(at(86_400_000));
    expect(
      (await (await share(app, "never", { updated: 1 }, { "x-expires-in": "0" })).json()).expires_at,
    ).toBeUndefined();
    const soon = await app.get(`${pathOf("soon")}?expires_in=60`, { method: "POST", body: '{"updated":5}' });
    expect((await soon.json()).expires_at).toBe(at(60_000));
    now += 30_000;
    expect((await (await share(app, "soon", { updated: 6 })).json()).expires_at).toBe(at(60_000));
    expect((await (await share(app, "soon", { updated: 7 }, { "x-expires-in": "60" })).json()).expires_at).toBe(
      at(90_000),
    );
    now += 60_000;
    expect((await read(app, "soon")).status).toBe(404);
    // Whoever takes the id now begins anew.
    expect((await (await share(app, "soon", { updated: 1 }, { "x-expires-in": "1" })).json()).write_key).toBeDefined();
    now += 86_400_000;
    expect(filesOf(app)).toHaveLength(3);
    await app.services.expiry.sweep();
    expect(filesOf(app)).toHaveLength(1);
    expect((await read(app, "never")).status).toBe(200);
    for (const value of ["-1", "1.5", "soon", "", "99999999999"])
      expect(await codeOf(await share(app, "x", {}, { "x-expires-in": value }))).toEqual([400, "invalid_request"]);
  });

  test("takes no more than its owner may, and what is deleted makes room", async () => {
    await using app = await openApp({ yaml: `max_shares: ${1024 * 1024}` });
    const text = "x".repeat(600_000);
    expect((await share(app, "a", { updated: 1, text })).status).toBe(200);
    expect((await share(app, "a", { updated: 2, text })).status).toBe(200);
    expect(await codeOf(await share(app, "b", { updated: 1, text }))).toEqual([507, "storage_full"]);
    await app.get(pathOf("a"), { method: "DELETE" });
    expect((await share(app, "b", { updated: 1, text })).status).toBe(200);
    expect(filesOf(app)).toHaveLength(1);
  });
});

describe("who may write a shared chat", () => {
  test("anybody, where no access key is set", async () => {
    await using app = await openApp();
    await share(app, "s", { updated: 1 });
    expect((await share(app, "s", { updated: 2 }, { "x-write-key": "wrong" })).status).toBe(200);
  });

  test("with one, its owner and whoever holds the write key, which opens this chat alone", async () => {
    await using app = await openApp({ environment: { PARLEY_ACCESS_KEY: key } });
    expect(await codeOf(await share(app, "s", { updated: 1 }))).toEqual([401, "access_denied"]);
    const { write_key: writeKey } = await (await share(app, "s", { updated: 1 }, bearer)).json();
    await share(app, "other", { updated: 1 }, bearer);
    const held = { "x-write-key": writeKey };

    expect((await read(app, "s")).status).toBe(200);
    expect((await app.get(pathOf("s"), { method: "HEAD" })).status).toBe(200);
    expect((await read(app, "none")).status).toBe(404);
    expect((await share(app, "s", { updated: 2 }, held)).status).toBe(200);
    expect((await share(app, "s", { updated: 3 }, bearer)).status).toBe(200);
    const wrong: Record<string, string>[] = [{}, { "x-write-key": "write_wrong" }, { authorization: "Bearer wrong" }];
    for (const headers of wrong)
      for (const method of ["POST", "DELETE"])
        expect(
          await codeOf(await app.get(pathOf("s"), { method, headers, ...(method === "POST" && { body: "{}" }) })),
        ).toEqual([401, "access_denied"]);
    for (const [id, method] of [
      ["other", "DELETE"],
      ["none", "DELETE"],
      ["s", "PUT"],
      ["s", "PATCH"],
    ] as const)
      expect((await app.get(pathOf(id), { method, headers: held })).status).toBe(401);
    for (const id of ["other", "none"]) expect((await share(app, id, {}, held)).status).toBe(401);
    for (const path of [
      "/backend-api/v2/chat/s/",
      "/backend-api/v2/chat/a%2Fb",
      "/backend-api/v2/chat//s",
      "/share/a/b",
      "/backend-api/v2/files/s",
    ])
      expect([path, (await app.get(path, { headers: held })).status]).toEqual([path, 401]);
    expect((await app.get("/backend-api/v2/files/s", { method: "DELETE", headers: held })).status).toBe(401);
    expect((await app.get(pathOf("s"), { method: "DELETE", headers: held })).status).toBe(200);
    expect(await codeOf(await share(app, "s", {}, held))).toEqual([401, "access_denied"]);
    expect(app.logged.join("\n")).not.toContain(writeKey);
  });

  test("not somebody else, who is told so, and whose bucket of the same id may go all the same", async () => {
    const theirs = { bytes: Buffer.from("{}"), document: {}, expiresInMs: undefined, isExpected: () => true };
    const somebody = { owner: "somebody", isAnybody: false, writeKey: undefined };
    {
      await using app = await openApp({ environment: { PARLEY_ACCESS_KEY: key } });
      await app.services.shares.save("s", theirs, somebody);
      expect(await codeOf(await share(app, "s", {}, bearer))).toEqual([403, "write_denied"]);
      expect(await codeOf(await app.get(pathOf("s"), { method: "DELETE", headers: bearer }))).toEqual([
        403,
        "write_denied",
      ]);
      const path = "/backend-api/v2/files/s";
      expect((await app.get(path, { method: "DELETE", headers: bearer })).status).toBe(404);
      const form = new FormData();
      form.append("files", new File(["text"], "a.txt"));
      expect((await app.get(path, { method: "POST", body: form, headers: bearer })).status).toBe(200);
      expect((await app.get(path, { method: "DELETE", headers: bearer })).status).toBe(200);
      expect(await (await read(app, "s")).text()).toBe("{}");
    }
    await using app = await openApp();
    await app.services.shares.save("s", theirs, somebody);
    expect((await app.get(pathOf("s"), { method: "DELETE" })).status).toBe(200);
  });
});

test("of two writers, in whatever order, the later version stays and whoever is refused is told", async () => {
  await using app = await openApp();
  let count = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.record({ updated: fc.integer({ min: 0, max: 6 }), text: fc.constantFrom("a", "b"), waits: fc.boolean() }),
        {
          minLength: 1,
          maxLength: 8,
        },
      ),
      async (writes) => {
        const id = `race-${count++}`;
        const sent: Promise<{ readonly status: number; readonly body: string }>[] = [];
        for (const { updated, text, waits } of writes) {
          const body = JSON.stringify({ updated, text });
          sent.push(share(app, id, body).then(({ status }) => ({ status, body })));
          if (waits) await sent.at(-1);
        }
        const answers = await Promise.all(sent);
        const acknowledged = answers.filter(({ status }) => status === 200).map(({ body }) => body);
        expect(answers.every(({ status }) => status === 200 || status === 409)).toBe(true);
        const newest = Math.max(...writes.map(({ updated }) => updated));
        const stays = await (await read(app, id)).text();
        // What stays was acknowledged, is the newest of all, and no other document of its version was acknowledged.
        expect(acknowledged).toContain(stays);
        expect(JSON.parse(stays).updated).toBe(newest);
        for (const body of acknowledged) if (JSON.parse(body).updated === newest) expect(body).toBe(stays);
      },
    ),
    { numRuns: 60 },
  );
}, 60_000);

test("a reader sees one version or the next, whole, while it is written all the time", async () => {
  await using app = await openApp();
  const bodyOf = (updated: number) => JSON.stringify({ updated, text: `${updated}-`.repeat(50_000) });
  await share(app, "s", bodyOf(0));
  const over = new AbortController();
  const reading = Array.from({ length: 4 }, async () => {
    let last = 0;
    while (!over.signal.aborted) {
      const answer = await read(app, "s");
      const text = await answer.text();
      const { updated } = JSON.parse(text);
      expect([answer.status, answer.headers.get("etag"), text === bodyOf(updated)]).toEqual([
        200,
        `"${updated}"`,
        true,
      ]);
      expect(updated).toBeGreaterThanOrEqual(last);
      last = updated;
    }
  });
  for (let updated = 1; updated < 40; updated++) expect((await share(app, "s", bodyOf(updated))).status).toBe(200);
  over.abort();
  await Promise.all(reading);
});

test("one whose file is lost is not there for its readers, and is there again once it is written", async () => {
  await using app = await openApp();
  await share(app, "s", { updated: 1 });
  await share(app, "t", { updated: 1 });
  const { blob } = (await app.services.store.shares.find("s", 0))!;
  rmSync(join(app.services.config.data_dir, "shares", blob));
  expect(await codeOf(await read(app, "s"))).toEqual([404, "not_found"]);
  expect((await read(app, "t")).status).toBe(200);
  expect((await share(app, "s", { updated: 2 })).status).toBe(200);
  expect((await read(app, "s")).status).toBe(200);
});
