import { describe, expect, test } from "bun:test";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { openApp, providerYaml, type TestApp } from "../support/app.ts";
import { answer, openUpstream } from "../support/scripted-upstream.ts";

const png = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);

const pathOf = (id: string) => `/backend-api/v2/files/${encodeURIComponent(id)}`;

async function upload(app: TestApp, id: string, files: readonly File[], headers: Record<string, string> = {}) {
  const form = new FormData();
  for (const file of files) form.append("files", file);
  const answer = await app.get(pathOf(id), { method: "POST", body: form, headers });
  return { status: answer.status, body: await answer.json() };
}

const text = (name: string, content: string, type = "text/plain") => new File([content], name, { type });
const read = async (app: TestApp, id: string) => (await app.get(pathOf(id))).text();
const filesOf = (app: TestApp) => readdirSync(join(app.services.config.data_dir, "files"));

/** The events of a stream without names. */
function dataOf(stream: string): unknown[] {
  return [...stream.matchAll(/^data: (.*)$/gm)].map(([, json = ""]) => JSON.parse(json));
}

describe("a bucket", () => {
  test("takes documents as text and media as they are, tells what it skipped, and adds when it is asked again", async () => {
    await using app = await openApp();
    const first = await upload(app, "b", [
      text("note.md", "# Note\n\nhello"),
      new File([png], "a b.PNG"),
      new File([new Uint8Array([0, 1, 2, 3, 255, 254, 0, 9])], "x.bin"),
    ]);
    expect(first).toEqual({
      status: 200,
      body: {
        bucket_id: "b",
        files: ["note.md"],
        media: [{ name: "a_b.PNG", width: 1, height: 1 }],
        skipped: [{ name: "x.bin", reason: expect.stringMatching(/\w/) }],
      },
    });
    expect(await read(app, "b")).toBe("<!-- File: note.md -->\n# Note\n\nhello\n<!-- End -->\n\n");
    const second = await upload(app, "b", [
      text("note.md", "two"),
      text("note.md", "three"),
      new File([png], "a b.PNG"),
    ]);
    expect(second.body).toMatchObject({
      files: ["note-2.md", "note-3.md"],
      media: [{ name: "a_b-2.PNG", width: 1, height: 1 }],
      skipped: [],
    });
    expect(await read(app, "b")).toContain("<!-- File: note-3.md -->\nthree\n<!-- End -->\n\n");
    expect(filesOf(app)).toHaveLength(5);
  });

  test("reads the same however often it is read, and whatever existing clients ask with it", async () => {
    await using app = await openApp();
    await upload(app, "b", [text("a.txt", "one"), text("b.txt", "two")]);
    const once = await read(app, "b");
    for (const query of ["", "?delete_files=true", "?refine_chunks_with_spacy=true"]) {
      const answer = await app.get(pathOf("b") + query);
      expect([answer.headers.get("content-type"), answer.headers.get("x-content-type-options")]).toEqual([
        "text/plain; charset=utf-8",
        "nosniff",
      ]);
      expect(await answer.text()).toBe(once);
    }
  });

  test("tells as events without names what is in it, and what is added while somebody listens", async () => {
    await using app = await openApp();
    await upload(app, "b", [text("a.txt", "12345"), new File([png], "a.png"), text("b.txt", "123")]);
    const told = [
      { action: "load", size: 5 },
      { action: "media", filename: "a.png" },
      { action: "load", size: 8 },
      { action: "done", size: 8 },
    ];
    const asked = [
      await app.get(`${pathOf("b")}/stream`),
      await app.get(pathOf("b"), { headers: { accept: "text/event-stream" } }),
    ];
    for (const answer of asked) {
      expect(answer.headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
      const stream = await answer.text();
      expect(stream).not.toContain("event:");
      expect(dataOf(stream).toSorted()).toEqual(told.toSorted());
      expect(dataOf(stream).at(-1)).toEqual(told.at(-1));
    }
    for (const path of [`${pathOf("none")}/stream`, pathOf("none")]) expect((await app.get(path)).status).toBe(404);
  });

  test("tells whoever listens that an upload failed, and why", async () => {
    await using app = await openApp({ yaml: "max_bucket: 2000" });
    const begin = () => upload(app, "b", [text("big.txt", "x".repeat(3000))]);
    let uploaded = begin();
    let answer = await app.get(`${pathOf("b")}/stream`);
    while (answer.status === 404) {
      await answer.text();
      // One that is over before anybody could listen leaves nothing, and is begun again.
      const isOver = await Promise.race([uploaded.then(() => true), Bun.sleep(5).then(() => false)]);
      if (isOver) uploaded = begin();
      answer = await app.get(`${pathOf("b")}/stream`);
    }
    const events = dataOf(await answer.text());
    const { status, body } = await uploaded;
    expect(status).toBe(413);
    expect(events.at(-1)).toMatchObject({ error: { message: body.error.message } });
  });

  test("is deleted with all that is in it, and nothing else is", async () => {
    await using app = await openApp();
    await upload(app, "b", [text("a.txt", "one"), new File([png], "a.png")]);
    await upload(app, "B", [text("a.txt", "other")]);
    const deleted = await app.get(pathOf("b"), { method: "DELETE" });
    expect([deleted.status, await deleted.json()]).toEqual([200, { message: "Bucket deleted successfully" }]);
    expect((await app.get(pathOf("b"))).status).toBe(404);
    expect((await app.get(pathOf("b"), { method: "DELETE" })).status).toBe(404);
    expect(await read(app, "B")).toContain("other");
    expect(filesOf(app)).toHaveLength(1);
  });

  test("has an id that is a key and no path: another shape is refused and touches nothing, and no two ids meet", async () => {
    await using app = await openApp();
    await upload(app, "b", [text("a.txt", "kept")]);
    const wrong = ["a/b", "..\\b", "a\0b", "a\nb", "x".repeat(129), "é".repeat(65)];
    for (const id of wrong) {
      const path = `/backend-api/v2/files/${encodeURIComponent(id)}`;
      for (const method of ["GET", "DELETE", "POST"]) {
        const body = method === "POST" ? { body: new FormData() } : {};
        const answer = await app.get(path, { method, ...body });
        expect([id, method, answer.status, (await answer.json()).error.code]).toEqual([
          id,
          method,
          400,
          "invalid_request",
        ]);
      }
    }
    const alike = [
      "a",
      "A",
      "a ",
      " a",
      "á",
      "á".normalize("NFD"),
      "a%",
      "a?",
      "a#",
      "CON",
      "..a",
      "~",
      "𝒂",
      "ａ",
      "b.",
    ];
    for (const id of alike) expect((await upload(app, id, [text("id.txt", id)])).body.bucket_id).toBe(id);
    for (const id of alike) expect(await read(app, id)).toBe(`<!-- File: id.txt -->\n${id}\n<!-- End -->\n\n`);
    expect(await read(app, "b")).toContain("kept");
  });

  test("has an id that is UTF-8: what is none would be one with every other that is none", async () => {
    await using app = await openApp();
    expect((await upload(app, "\ufffd", [text("a.txt", "x")])).status).toBe(400);
    const content = [{ bucket_id: "\ud83d" }];
    const answer = await app.post({ messages: [{ role: "user", content }] });
    expect([answer.status, (await answer.json()).error.code]).toEqual([400, "invalid_request"]);
  });

  test("takes any name for a file, and shows it clean", async () => {
    await using app = await openApp();
    const names = [
      "../../etc/passwd.txt",
      "..\\..\\boot.txt",
      "/abs.txt",
      "C:\\x.txt",
      "NUL.txt",
      "ünï.txt",
      "报告.txt",
      `${"x".repeat(300)}.txt`,
      ".hidden.txt",
      "a\u202etxt.exe.txt",
    ];
    const { body } = await upload(
      app,
      "names",
      names.map((name) => text(name, "x")),
    );
    expect(body.skipped).toEqual([]);
    expect(body.files).toHaveLength(names.length);
    for (const name of body.files) {
      expect(name).toMatch(/^[\p{L}\p{N}][\p{L}\p{M}\p{N}.,_+-]*\.txt$/u);
      expect(Buffer.byteLength(name)).toBeLessThanOrEqual(100);
    }
    expect(body.files).toContain("报告.txt");
    for (const name of filesOf(app)) expect(name).toMatch(/^[0-9a-f-]{36}$/);
  });

  test("gives a blob without a name one by its type", async () => {
    await using app = await openApp();
    const form = new FormData();
    form.append("files", new Blob([png], { type: "image/png" }));
    form.append("files", new Blob(["# x"], { type: "text/markdown" }));
    const answer = await app.get(pathOf("b"), { method: "POST", body: form });
    expect(await answer.json()).toMatchObject({ files: ["file.md"], media: [{ name: "file.png" }] });
  });

  test("needs files: a form without any, one that is none, and no form at all are refused", async () => {
    await using app = await openApp();
    const empty = new FormData();
    empty.append("other", new File(["x"], "x.txt"));
    const bodies: [BodyInit, Record<string, string>?][] = [
      [empty],
      ["{}", { "content-type": "application/json" }],
      ["--x\r\nnonsense", { "content-type": "multipart/form-data; boundary=x" }],
      ["x", { "content-type": "multipart/form-data" }],
    ];
    for (const [body, headers = {}] of bodies) {
      const answer = await app.get(pathOf("b"), { method: "POST", body, headers });
      expect([answer.status, (await answer.json()).error.code]).toEqual([400, "invalid_request"]);
    }
    expect((await app.get(pathOf("b"))).status).toBe(404);
    expect(filesOf(app)).toEqual([]);
  });

  test("holds no more than it may, and neither do all of them", async () => {
    await using app = await openApp({ yaml: "max_bucket: 2000\nmax_files: 3000" });
    const big = (count: number) => [text("big.txt", "x".repeat(count))];
    expect((await upload(app, "a", big(1500))).status).toBe(200);
    const over = await upload(app, "a", big(600));
    expect([over.status, over.body.error.code]).toEqual([413, "body_too_large"]);
    expect((await upload(app, "b", big(1200))).status).toBe(200);
    const full = await upload(app, "c", big(400));
    expect([full.status, full.body.error.code]).toEqual([507, "storage_full"]);
    expect((await app.get(pathOf("c"))).status).toBe(404);
    expect(filesOf(app)).toHaveLength(2);
  });

  test("is refused what an archive holds too much of while it is read, and none of it stays", async () => {
    await using app = await openApp({ yaml: "max_bucket: 1024" });
    const { buckets, store } = app.services;
    const members = Object.fromEntries(Array.from({ length: 100 }, (_, n) => [`${n}.png`, png]));
    const { path } = await store.scratch.write([await new Bun.Archive(members).bytes()]);
    const { signal } = new AbortController();
    const uploading = buckets.upload("local", "b", [{ path, name: "all.tar", type: "" }], { signal });
    const told: unknown[] = [];
    const watching = (async () => {
      for await (const event of await buckets.watch("local", "b", signal)) told.push(event);
    })();
    for (const ended of await Promise.allSettled([uploading, watching]))
      expect(ended).toMatchObject({ status: "rejected", reason: { reason: "body_too_large" } });
    expect(told).toHaveLength(Math.floor(1024 / png.byteLength));
    expect(filesOf(app)).toEqual([]);
  });

  test("keeps nothing of a picture in an archive that is damaged or too large, and has what lies beside it", async () => {
    await using app = await openApp();
    const ofSize = (side: number) => {
      const picture = Buffer.from(png);
      picture.writeUInt32BE(side, 16);
      picture.writeUInt32BE(side, 20);
      picture.writeUInt32BE(crc32(picture.subarray(12, 29)), 29);
      return picture;
    };
    const members = { "none.png": ofSize(0), "huge.png": ofSize(12_000), "whole.png": png };
    const { body } = await upload(app, "b", [new File([await new Bun.Archive(members).bytes()], "all.tar")]);
    expect(body.media).toEqual([{ name: "whole.png", width: 1, height: 1 }]);
    expect(body.skipped.map(({ name }: { name: string }) => name)).toEqual(["none.png", "huge.png"]);
    expect(readdirSync(app.services.store.scratch.folder)).toEqual([]);
    expect(filesOf(app)).toHaveLength(1);
  });

  test("keeps nothing of an upload whose sender leaves while it is converted, and nobody is alarmed", async () => {
    await using app = await openApp();
    const { scratch } = app.services.store;
    const sending = new AbortController();
    const form = new FormData();
    form.append("files", text("a.csv", "a,b,c,d\n".repeat(1_000_000)));
    const sent = app.get(pathOf("b"), { method: "POST", body: form, signal: sending.signal });
    let answer = await app.get(`${pathOf("b")}/stream`);
    while (answer.status === 404) {
      await answer.text();
      await Bun.sleep(5);
      answer = await app.get(`${pathOf("b")}/stream`);
    }
    sending.abort();
    await Promise.allSettled([sent, answer.text()]);
    while (readdirSync(scratch.folder).length > 0) await Bun.sleep(5);
    for (let request = 0; request < 3; request++) await (await app.get("/healthz")).text();
    expect(filesOf(app)).toEqual([]);
    expect(app.logged.filter((line) => line.includes('"error"'))).toEqual([]);
  });

  test("serves its media with validators, ranges and nothing that a browser would run", async () => {
    await using app = await openApp();
    await upload(app, "b c", [new File([png], "a.png"), text("page.html", "<script>alert(1)</script>hello")]);
    const whole = await app.get("/files/b%20c/media/a.png");
    expect(Object.fromEntries(whole.headers)).toMatchObject({
      "content-type": "image/png",
      "content-security-policy": "sandbox; default-src 'none'",
      "x-content-type-options": "nosniff",
      "accept-ranges": "bytes",
    });
    expect(Buffer.from(await whole.arrayBuffer())).toEqual(png);
    const etag = whole.headers.get("etag") ?? "";
    const get = (headers: Record<string, string>) => app.get("/files/b%20c/media/a.png", { headers });
    expect((await get({ "if-none-match": etag })).status).toBe(304);
    const part = await get({ range: "bytes=0-3" });
    expect([part.status, Buffer.from(await part.arrayBuffer())]).toEqual([206, png.subarray(0, 4)]);
    expect((await app.get("/files/b%20c/thumbnail/a.png")).status).toBe(200);
    for (const path of [
      "/files/b%20c/media/none.png",
      "/files/b%20c/media/page.html",
      "/files/other/media/a.png",
      "/files/b%20c/thumbnail/none",
    ])
      expect((await app.get(path)).status).toBe(404);
    for (const name of ["..%2f..%2fparley.db", "%00", "a%5cb"])
      expect((await app.get(`/files/b%20c/media/${name}`)).status).toBe(400);
  });

  test("opens archives, whose members keep their paths as names and go nowhere else", async () => {
    await using app = await openApp();
    const archive = new Bun.Archive(
      { "docs/a.md": "one", "../../evil.md": "two", "pictures/p.png": png },
      { compress: "gzip" },
    );
    const { body } = await upload(app, "b", [new File([await archive.blob()], "all.tar.gz")]);
    expect(body.files).toEqual(["docs_a.md", "evil.md"]);
    expect(body.media).toEqual([{ name: "pictures_p.png", width: 1, height: 1 }]);
    expect(await read(app, "b")).toContain("<!-- File: docs_a.md -->\none\n<!-- End -->");
  });

  test("has what lies at the addresses of a downloads.json, through the guard, and says what it could not have", async () => {
    let visits = 0;
    using host = Bun.serve({
      port: 0,
      hostname: "127.0.0.1",
      fetch({ url }) {
        visits++;
        if (url.endsWith("/p.png")) return new Response(png, { headers: { "content-type": "image/png" } });
        if (url.endsWith("/gone")) return new Response("", { status: 404 });
        return new Response("<title>T</title><p>A page about otters.", { headers: { "content-type": "text/html" } });
      },
    });
    const at = `127.0.0.1:${host.port}`;
    await using app = await openApp({ yaml: `allowed_hosts: ["${at}"]` });
    const list = [
      { url: `http://${at}/docs/otters` },
      {
        urls: [
          `http://${at}/p.png`,
          `http://${at}/gone`,
          "http://169.254.169.254/",
          "file:///etc/hostname",
          "no address",
        ],
      },
    ];
    const { body } = await upload(app, "b", [text("downloads.json", JSON.stringify(list)), text("a.txt", "one")]);
    expect(body.files).toEqual(["127.0.0.1_docs_otters.html", "a.txt"]);
    expect(body.media).toEqual([{ name: "p.png", width: 1, height: 1 }]);
    expect(body.skipped.map(({ name }: { name: string }) => name)).toEqual(list[1]?.urls?.slice(1) ?? []);
    expect(await read(app, "b")).toContain("A page about otters.");
    expect(visits).toBe(3);
    const many = JSON.stringify(Array.from({ length: 60 }, () => `http://${at}/gone`));
    const two = await upload(app, "b", [text("downloads.json", many), text("downloads.json", many)]);
    expect(two.body.skipped).toHaveLength(101);
    // Whichever of the two is read first.
    const beyond = { name: "downloads.json", reason: expect.stringContaining("20 of") };
    expect(two.body.skipped).toContainEqual(beyond);
    expect(visits).toBe(103);
    const large = await upload(app, "b", [text("downloads.json", `["${"x".repeat(1024 * 1024)}"]`)]);
    expect(large.body.skipped).toEqual([{ name: "downloads.json", reason: expect.stringContaining("1048576 bytes") }]);
    const nonsense = await upload(app, "b", [text("downloads.json", "{}")]);
    expect(nonsense.body).toMatchObject({ files: [], skipped: [{ name: "downloads.json" }] });
  });

  test("has what recordings say, where the caller names their language and somebody can write it down", async () => {
    const wav = Buffer.concat([
      Buffer.from("RIFF\x24\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0", "latin1"),
      Buffer.alloc(20),
    ]);
    using vendor = openUpstream(() => answer(200, { text: "Good morning." }));
    const provider = { name: "Work", origin: `${vendor.origin}/v1`, models: ["whisper-1"] };
    await using app = await openApp({ yaml: providerYaml(provider) });
    const media = [{ name: "talk.wav" }];
    const quiet = await upload(app, "b", [new File([wav], "talk.wav")]);
    expect(quiet.body).toMatchObject({ files: [], media, skipped: [] });
    expect(vendor.requests).toHaveLength(0);
    const heard = await upload(app, "c", [new File([wav], "talk.wav")], { "x-recognition-language": "en-GB" });
    expect(heard.body).toMatchObject({ files: ["talk.wav.md"], media, skipped: [] });
    expect(await read(app, "c")).toContain("Good morning.");
    expect((await upload(app, "d", [new File([wav], "t.wav")], { "x-recognition-language": "?" })).status).toBe(400);
    await using alone = await openApp();
    const unheard = await upload(alone, "c", [new File([wav], "talk.wav")], { "x-recognition-language": "en" });
    expect(unheard.body).toMatchObject({ files: [], media, skipped: [{ name: "talk.wav.md" }] });
  });

  test("that is written to by many at once has all that was acknowledged, each name once", async () => {
    await using app = await openApp();
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, n) => upload(app, "b", [text("same.txt", `text ${n}`)])),
    );
    const names = answers.flatMap(({ body }) => body.files);
    expect(new Set(names).size).toBe(20);
    const whole = await read(app, "b");
    for (let n = 0; n < 20; n++) expect(whole).toContain(`\ntext ${n}\n`);
  });

  test("whose text is gone from the disk is cut short, and ends nothing else", async () => {
    await using app = await openApp();
    await upload(app, "b", [text("a.txt", "one")]);
    const [name = ""] = filesOf(app);
    await Bun.file(join(app.services.config.data_dir, "files", name)).delete();
    await app
      .get(pathOf("b"))
      .then((answer) => answer.text())
      .catch(() => undefined);
    expect((await app.get("/healthz")).status).toBe(200);
  });
});
