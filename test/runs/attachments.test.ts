import { describe, expect, test } from "bun:test";
import { conversationPath, openApp, providerYaml, type TestApp } from "../support/app.ts";
import { openChannel } from "../support/channel.ts";
import { readEvents } from "../support/events.ts";
import { logsOf } from "../support/routed.ts";
import { answer, openaiText, openUpstream, type ScriptedUpstream } from "../support/scripted-upstream.ts";
import { writeZip } from "../support/zip.ts";

const png = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);
const wav = Buffer.concat([Buffer.from("RIFF\x24\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0", "latin1"), Buffer.alloc(20)]);
const pictureOf = (bytes: Uint8Array) => ({
  type: "image_url",
  image_url: { url: `data:image/png;base64,${Buffer.from(bytes).toString("base64")}` },
});

async function fill(app: TestApp, id: string, ...files: File[]) {
  const form = new FormData();
  for (const file of files) form.append("files", file);
  const answer = await app.get(`/backend-api/v2/files/${id}`, { method: "POST", body: form });
  expect(answer.status).toBe(200);
}

async function openBoth(settings: Record<string, unknown> = {}) {
  const upstream = openUpstream(() => openaiText("Fine."));
  const providers = Bun.YAML.parse(providerYaml({ name: "Work", origin: upstream.origin })) as object;
  const app = await openApp({ yaml: Bun.YAML.stringify({ ...providers, ...settings }) });
  return {
    app,
    upstream,
    async [Symbol.asyncDispose]() {
      await app[Symbol.asyncDispose]();
      upstream[Symbol.dispose]();
    },
  };
}

const asked = ({ requests }: ScriptedUpstream) => JSON.parse(requests.at(-1)?.body ?? "{}").messages;
const ask = (content: unknown, more: object = {}) => ({
  provider: "Work",
  messages: [{ role: "user", content }],
  ...more,
});
const refusal = async (answer: Response) => [answer.status, (await answer.json()).error.code];

/** A host that counts who comes. */
function openHost(bytes: Buffer<ArrayBuffer> | string, type: string) {
  let visits = 0;
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch() {
      visits++;
      return new Response(bytes, { headers: { "content-type": type } });
    },
  });
  return {
    host: `127.0.0.1:${server.port}`,
    url: `http://127.0.0.1:${server.port}/a%20b.png`,
    get visits() {
      return visits;
    },
    [Symbol.dispose]: () => void server.stop(true),
  };
}

describe("a bucket in a message", () => {
  test("is the text of its documents, also as a message of its own", async () => {
    await using both = await openBoth();
    const { app, upstream } = both;
    await fill(app, "b", new File(["hello"], "a.md"), new File([png], "p.png"));
    const text = { type: "text", text: "<!-- File: a.md -->\nhello\n<!-- End -->\n\n" };
    await readEvents(await app.post(ask([{ bucket_id: "b" }, { type: "text", text: "What?" }])));
    expect(asked(upstream)).toEqual([{ role: "user", content: [text, { type: "text", text: "What?" }] }]);
    const messages = [
      { role: "user", content: [{ bucket_id: "b" }] },
      { role: "user", content: "What?" },
    ];
    await readEvents(await app.post({ provider: "Work", messages }));
    expect(asked(upstream)).toEqual([{ role: "user", content: [text] }, messages[1]]);
  });

  test("gives one of its pictures or sounds, by name or address", async () => {
    await using both = await openBoth();
    const { app, upstream } = both;
    await fill(app, "b c", new File([png], "p.png"), new File([wav], "s.wav"));
    const parts = [
      { bucket_id: "b c", name: "p.png" },
      { bucket_id: "b c", url: "/files/b%20c/media/p.png" },
      { type: "image_url", image_url: { url: "/files/b%20c/media/p.png" } },
      { bucket_id: "b c", name: "s.wav" },
    ];
    await readEvents(await app.post(ask(parts)));
    const sound = { type: "input_audio", input_audio: { data: wav.toString("base64"), format: "wav" } };
    expect(asked(upstream)).toEqual([
      { role: "user", content: [pictureOf(png), pictureOf(png), pictureOf(png), sound] },
    ]);
  });

  test("that is too large for the model is the pieces that fit the question, with their place, and a log says so", async () => {
    await using both = await openBoth();
    const { app, upstream } = both;
    const filler = Array.from(
      { length: 4000 },
      (_, n) => `Paragraph ${n} is about nothing in particular, nor is the next.\n`,
    );
    filler.splice(2500, 0, "\n## The treasure\n\nThe treasure lies under the old oak at Glenfinnan.\n\n");
    await fill(app, "b", new File([filler.join("\n")], "long.md"), new File(["Short one."], "short.md"));
    const events = await readEvents(
      await app.post(ask([{ bucket_id: "b" }, { type: "text", text: "Where does the treasure lie?" }])),
    );
    const [{ content }] = asked(upstream);
    const text: string = content[0].text;
    expect(text).toContain("<!-- File: long.md, The treasure -->\n");
    expect(text).toContain("under the old oak at Glenfinnan");
    expect(text.length).toBeLessThan(32_768 * 4);
    expect(logsOf(events).join("\n")).toMatch(/bucket "b": \d+ of \d+ pieces fit m/);
  });

  test("that is a large table is shown with the names of its columns", async () => {
    await using both = await openBoth();
    const { app, upstream } = both;
    const rows = Array.from({ length: 9_000 }, (_, n) => `${n},${n === 7_000 ? "zinc kettle" : "plain cup"},${n * 3}`);
    await fill(app, "b", new File([`Number,Article,Price\n${rows.join("\n")}\n`], "stock.csv"));
    await readEvents(await app.post(ask([{ bucket_id: "b" }, { type: "text", text: "What is the zinc kettle?" }])));
    const text: string = asked(upstream)[0].content[0].text;
    const excerpt = text.split("<!-- End -->").find((each) => each.includes("zinc kettle"));
    expect(excerpt).toContain("<!-- File: stock.csv -->\n| Number | Article | Price |\n| --- | --- | --- |\n| 6");
  });

  test("has the whole room that the model has for it", async () => {
    await using both = await openBoth();
    const { app, upstream } = both;
    const text = "word ".repeat(18_000);
    await fill(app, "b", new File([text], "a.md"));
    await readEvents(await app.post(ask([{ bucket_id: "b" }, { type: "text", text: "What?" }])));
    expect(asked(upstream)[0].content[0].text).toContain(text);
  });

  test("fits what the model reads by its provider's list, though nobody has asked for that yet", async () => {
    const listed = { data: [{ id: "m", context_length: 4_096 }] };
    using upstream = openUpstream(({ method }) => (method === "GET" ? answer(200, listed) : openaiText("Fine.")));
    await using app = await openApp({
      yaml: Bun.YAML.stringify({
        providers: [{ name: "Work", type: "openai", base_url: upstream.origin, api_key: "test-key-0123" }],
      }),
    });
    await fill(app, "b", new File(["word ".repeat(18_000)], "a.md"));
    await readEvents(await app.post(ask([{ bucket_id: "b" }, { type: "text", text: "What?" }], { model: "m" })));
    expect(asked(upstream)[0].content[0].text.length).toBeLessThan(4_096 * 4);
  });

  test("that is named with every question of a conversation is sent once", async () => {
    await using both = await openBoth();
    const { app, upstream } = both;
    await fill(app, "b", new File(["hello"], "a.md"));
    const question = { role: "user", content: [{ bucket_id: "b" }, { type: "text", text: "What?" }] };
    const messages = [question, { role: "assistant", content: "This." }, question];
    await readEvents(await app.post({ provider: "Work", messages }));
    expect(JSON.stringify(asked(upstream)).match(/hello/g)).toHaveLength(1);
    expect(asked(upstream)[2].content[0].text).toContain("stand above");
  });

  test("without documents is no empty text, and a log says how its media are named", async () => {
    await using both = await openBoth();
    const { app, upstream } = both;
    await fill(app, "b", new File([png], "p.png"));
    const events = await readEvents(await app.post(ask([{ bucket_id: "b" }, { type: "text", text: "What?" }])));
    expect(asked(upstream)[0].content[0]).toEqual({ type: "text", text: "(This bucket has no documents.)\n" });
    expect(logsOf(events).join("\n")).toContain('bucket "b" has no documents');
  });

  test("that there is not, or not under this name, is refused before anything is asked", async () => {
    await using both = await openBoth();
    const { app, upstream } = both;
    await fill(app, "b", new File([png], "p.png"));
    expect(await refusal(await app.post(ask([{ bucket_id: "none" }])))).toEqual([404, "not_found"]);
    expect(await refusal(await app.post(ask([{ bucket_id: "b", name: "none.png" }])))).toEqual([404, "not_found"]);
    await fill(app, "b", new File(["hello"], "a.md"));
    const document = await app.post(ask([{ bucket_id: "b", name: "a.md" }]));
    expect((await document.json()).error.message).toBe(
      'a.md is a document of bucket "b": name the bucket alone, and its text is read',
    );
    for (const part of [
      { bucket_id: ".." },
      { bucket_id: "b", url: "/files/other/media/p.png" },
      { bucket_id: "b", url: "%zz" },
    ])
      expect(await refusal(await app.post(ask([part])))).toEqual([400, "invalid_request"]);
    using channel = await openChannel(app.origin);
    channel.send({ op: "run", id: "c", request: ask([{ bucket_id: "none" }]) });
    expect(await channel.find(({ id }) => id === "c")).toMatchObject({ type: "refused", error: { code: "not_found" } });
    expect(upstream.requests).toHaveLength(0);
  });
});

describe("a picture at an address", () => {
  test("is fetched by the server, through the guard, for every provider", async () => {
    using host = openHost(png, "image/png");
    await using both = await openBoth({ allowed_hosts: [host.host] });
    await readEvents(await both.app.post(ask([{ type: "image_url", image_url: { url: host.url, detail: "low" } }])));
    const [{ content }] = asked(both.upstream);
    expect(content).toEqual([{ type: "image_url", image_url: { ...pictureOf(png).image_url, detail: "low" } }]);
  });

  test("that is not public is refused, and nobody comes there, nor does the provider hear of it", async () => {
    using host = openHost(png, "image/png");
    await using both = await openBoth();
    for (const url of [host.url, "http://169.254.169.254/latest/meta-data", "http://[::1]/", "http://localhost/a.png"])
      expect(await refusal(await both.app.post(ask([{ type: "image_url", image_url: { url } }])))).toEqual([
        400,
        "address_not_allowed",
      ]);
    for (const url of ["file:///etc/hostname", "/etc/hostname", "ftp://example.com/a", ""])
      expect(await refusal(await both.app.post(ask([{ type: "image_url", image_url: { url } }])))).toEqual([
        400,
        "invalid_request",
      ]);
    expect([host.visits, both.upstream.requests.length]).toEqual([0, 0]);
  });

  test("is fetched no further when whoever asked leaves", async () => {
    const { promise: arrived, resolve: arrive } = Promise.withResolvers<Request>();
    using host = Bun.serve({
      port: 0,
      hostname: "127.0.0.1",
      fetch(request) {
        arrive(request);
        return new Promise<Response>((resolve) =>
          request.signal.addEventListener("abort", () => resolve(new Response())),
        );
      },
    });
    await using both = await openBoth({ allowed_hosts: [`127.0.0.1:${host.port}`] });
    const asking = new AbortController();
    const content = [{ type: "image_url", image_url: { url: `${host.url}a.png` } }];
    const asked = both.app.post(ask(content), { signal: asking.signal });
    const { signal } = await arrived;
    const left = new Promise((resolve) => signal.addEventListener("abort", resolve));
    asking.abort();
    await Promise.allSettled([asked, left]);
    expect(both.upstream.requests).toHaveLength(0);
  });

  test("that is no picture is refused", async () => {
    using host = openHost("<html><body>secret</body></html>", "image/png");
    await using both = await openBoth({ allowed_hosts: [host.host] });
    const answer = await both.app.post(ask([{ type: "image_url", image_url: { url: host.url } }]));
    expect(await refusal(answer)).toEqual([400, "invalid_request"]);
  });

  test("is not fetched with others beyond what a message carries", async () => {
    const large = Buffer.concat([png, Buffer.alloc(25 * 1024 * 1024)]);
    using host = openHost(large, "image/png");
    await using both = await openBoth({ allowed_hosts: [host.host] });
    const parts = [1, 2, 3].map((count) => ({ type: "image_url", image_url: { url: `${host.url}?${count}` } }));
    expect(await refusal(await both.app.post(ask(parts)))).toEqual([413, "body_too_large"]);
    expect(both.upstream.requests).toHaveLength(0);
  });

  test("may be one of the server's own media", async () => {
    await using both = await openBoth();
    const { app, upstream } = both;
    const media = app.services.library.store;
    const { name } = await media.save(png, { owner: "local", model: "m", prompt: "p" });
    const other = await media.save(png, { owner: "ann", model: "m", prompt: "p" });
    await readEvents(
      await app.post(ask([{ type: "image_url", image_url: { url: `/media/${encodeURIComponent(name)}` } }])),
    );
    expect(asked(upstream)[0].content).toEqual([pictureOf(png)]);
    for (const url of [`/media/${other.name}`, "/media/none.png", "/media/..%2fparley.db"])
      expect((await app.post(ask([{ type: "image_url", image_url: { url } }]))).status).toBeOneOf([400, 404]);
  });
});

test("what messages name is no more in all than one request may carry, wherever it lies", async () => {
  const large = Buffer.alloc(17 * 1024 * 1024);
  png.copy(large);
  using host = openHost(large, "image/png");
  await using both = await openBoth({ allowed_hosts: [host.host] });
  const { app, upstream } = both;
  await fill(app, "b", new File([large], "large.png"));
  const { name } = await app.services.library.store.save(large, { owner: "local", model: "m", prompt: "p" });
  const parts = [
    { bucket_id: "b", name: "large.png" },
    { type: "image_url", image_url: { url: `/media/${name}` } },
    { type: "image_url", image_url: { url: host.url } },
  ];
  for (const [first, part] of parts.entries()) {
    const pair = [part, parts[(first + 1) % parts.length]];
    expect(await refusal(await app.post(ask(pair)))).toEqual([413, "body_too_large"]);
  }
  const form = new FormData();
  form.append("json", JSON.stringify(ask("What?")));
  for (const url of [host.url, host.url]) form.append("media_url", url);
  expect(await refusal(await app.get(conversationPath, { method: "POST", body: form }))).toEqual([
    413,
    "body_too_large",
  ]);
  expect(upstream.requests).toHaveLength(0);
});

test("what archives in messages hold is no more in all than one request may carry, media too", async () => {
  await using both = await openBoth();
  // Half of what may be, and small when packed.
  const sound = Buffer.concat([wav, Buffer.alloc(17 * 1024 * 1024)]);
  sound.set(crypto.getRandomValues(new Uint8Array(60_000)), wav.byteLength);
  sound.set(crypto.getRandomValues(new Uint8Array(60_000)), wav.byteLength + 60_000);
  const packed = writeZip([{ name: "a.wav", content: sound }]);
  const part = (filename: string) => ({
    type: "file",
    file: { filename, file_data: `data:application/zip;base64,${Buffer.from(packed).toString("base64")}` },
  });
  expect((await both.app.post(ask([part("one.zip")]))).status).toBe(200);
  expect(await refusal(await both.app.post(ask([part("one.zip"), part("two.zip")])))).toEqual([413, "body_too_large"]);
});

describe("a document in a message", () => {
  const file = (bytes: Uint8Array | string, mime: string, filename: string) => ({
    type: "file",
    file: { filename, file_data: `data:${mime};base64,${Buffer.from(bytes).toString("base64")}` },
  });

  test("is sent as its text, whatever it calls itself", async () => {
    await using both = await openBoth();
    await readEvents(await both.app.post(ask([file("a,b\n1,2\n", "application/octet-stream", "t.csv")])));
    const [{ content }] = asked(both.upstream);
    expect(content[0].text).toStartWith("<!-- File: t.csv -->\n| a");
  });

  test("that cannot be read is refused, with the reason", async () => {
    await using both = await openBoth();
    const answer = await both.app.post(
      ask([file(new Uint8Array([0, 1, 2, 3, 255, 254, 0, 9]), "application/pdf2", "x.bin")]),
    );
    expect(answer.status).toBe(400);
    expect((await answer.json()).error.message).toStartWith("x.bin cannot be read: ");
  });

  test("comes in a form, with addresses beside it", async () => {
    using host = openHost(png, "image/png");
    await using both = await openBoth({ allowed_hosts: [host.host] });
    const form = new FormData();
    form.append("json", JSON.stringify(ask("What?")));
    form.append("files", new File(["one"], "a.txt"));
    form.append("media_url", host.url);
    await readEvents(await both.app.get(conversationPath, { method: "POST", body: form }));
    expect(asked(both.upstream)[0].content).toEqual([
      { type: "text", text: "What?" },
      { type: "text", text: "<!-- File: a.txt -->\none\n<!-- End -->\n\n" },
      pictureOf(png),
    ]);
    form.append("media_url", "http://127.0.0.1:1/");
    expect(await refusal(await both.app.get(conversationPath, { method: "POST", body: form }))).toEqual([
      400,
      "address_not_allowed",
    ]);
  });
});
