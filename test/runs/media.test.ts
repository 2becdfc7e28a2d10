import { describe, expect, test } from "bun:test";
import type { RunEvent } from "../../src/protocol/events.ts";
import { openApp, providerYaml } from "../support/app.ts";
import { readEvents } from "../support/events.ts";
import {
  answer,
  chunked,
  lastChunk,
  openaiText,
  openUpstream,
  type Script,
  type Step,
} from "../support/scripted-upstream.ts";

const png = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
const cat = [{ role: "user", content: "a <red> cat" }];

async function open(script: Script, settings: Record<string, unknown> = {}) {
  const upstream = openUpstream(script);
  const [yaml, rest] = [providerYaml({ name: "Work", type: "openai", origin: upstream.origin }), settings];
  const parsed = Bun.YAML.parse(yaml) as Record<string, unknown>;
  const app = await openApp({ yaml: Bun.YAML.stringify({ ...parsed, ...rest }) });
  return {
    upstream,
    app,
    ask: async (body: object) => readEvents(await app.post({ provider: "Work", messages: cat, ...body })),
    async [Symbol.asyncDispose]() {
      await app[Symbol.asyncDispose]();
      upstream[Symbol.dispose]();
    },
  };
}

const event = (type: string, rest: object) => `event: ${type}\ndata: ${JSON.stringify({ type, ...rest })}\n\n`;
const drawing: Script = (): Step[] => [
  ...chunked([
    event("image_generation.partial_image", { b64_json: png, partial_image_index: 0 }),
    event("image_generation.completed", {
      b64_json: png,
      usage: { input_tokens: 12, output_tokens: 272, total_tokens: 284 },
    }),
  ]),
  lastChunk,
];

describe("a picture", () => {
  test("is drawn by a run like any other: a preview, then markup with its address, usage, one finish", async () => {
    await using work = await open(drawing);
    const events = await work.ask({ model: "gpt-image-1", aspect_ratio: "3:2", temperature: 1 });
    const types = events.map(({ type }) => type).filter((type) => type !== "log");
    expect(types).toEqual(["provider", "parameters", "preview", "content", "usage", "finish"]);
    expect(events[1]).toMatchObject({ parameters: { model: "gpt-image-1", aspect_ratio: expect.anything() } });
    const preview = events.find((each) => each.type === "preview");
    expect(preview?.preview).toStartWith("[![a <red> cat](data:image/webp;base64,");
    const content = events.find((each) => each.type === "content");
    const [url = ""] = content?.urls ?? [];
    expect(url).toMatch(/^\/media\/\d{10}_gpt-image-1\+3_2\+a_red_cat_[0-9a-f]{16}\.png$/);
    expect(content).toEqual({
      type: "content",
      content: `<a href="${url}" data-width="1" data-height="1"><img src="${url.replace("media", "thumbnail")}" alt="a &lt;red&gt; cat" width="1" height="1"></a>`,
      urls: [url],
      alt: "a <red> cat",
    });
    const served = await work.app.get(url);
    expect(served.headers.get("content-type")).toBe("image/png");
    expect(Buffer.from(await served.arrayBuffer()).toString("base64")).toBe(png);
    expect(events.find((each) => each.type === "usage")?.usage).toMatchObject({ completion_tokens: 272 });
    expect(events).toContainEqual({ type: "log", log: 'Work was not sent: "temperature"' });
    expect(JSON.parse(work.upstream.requests[0]!.body)).toMatchObject({ prompt: "a <red> cat", size: "1536x1024" });
  });

  test("that is refused is a failure with the vendor's reason, and nothing is kept", async () => {
    const refuse: Script = () =>
      answer(400, {
        error: { message: "Your request was rejected by the safety system.", code: "moderation_blocked" },
      });
    await using work = await open(refuse);
    const events = await work.ask({ model: "gpt-image-1" });
    expect(events.find((each) => each.type === "error")).toEqual({
      type: "error",
      error: "BadRequestError",
      message: "BadRequestError: Work answered 400: Your request was rejected by the safety system.",
    });
    expect(events.filter(({ type }) => type === "content")).toEqual([]);
  });

  test("that is none is a failure: what is called a picture may be anything", async () => {
    const page = Buffer.from("<svg onload=alert(1)>").toString("base64");
    await using work = await open(() => answer(200, { created: 1, data: [{ b64_json: page }] }));
    const events = await work.ask({ model: "dall-e-3" });
    expect(events.find((each) => each.type === "error")).toMatchObject({ error: "NoMediaResponseError" });
  });

  describe("at an address of the vendor's", () => {
    const linkTo = (url: string) => answer(200, { created: 1, data: [{ url }] });
    const pictured: Step[] = [
      `HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: ${Buffer.from(png, "base64").byteLength}\r\n\r\n`,
      Buffer.from(png, "base64"),
    ];
    const contentOf = (events: readonly RunEvent[]) => events.find((each) => each.type === "content");
    const logsOf = (events: readonly RunEvent[]) => events.flatMap((each) => (each.type === "log" ? [each.log] : []));

    test("is linked, and not fetched, where the caller wants it so", async () => {
      await using work = await open(() => linkTo("https://files.example/a.png?x=1&y=2"));
      const events = await work.ask({ model: "dall-e-3", download_media: false });
      expect(contentOf(events)).toEqual({
        type: "content",
        content:
          '<a href="https://files.example/a.png?x=1&amp;y=2"><img src="https://files.example/a.png?x=1&amp;y=2" alt="a &lt;red&gt; cat"></a>',
        urls: ["https://files.example/a.png?x=1&y=2"],
        alt: "a <red> cat",
      });
      expect(work.upstream.requests).toHaveLength(1);
      expect(logsOf(events)).toEqual([]);
    });

    test("is fetched from the vendor's own address, kept by its bytes, and linked to here", async () => {
      await using work = await open(({ path, headers }) =>
        path === "/made/a.mp4" ? pictured : linkTo(`http://${headers.host}/made/a.mp4`),
      );
      const events = await work.ask({ model: "dall-e-3" });
      const [url = ""] = contentOf(events)?.urls ?? [];
      expect(url).toMatch(/^\/media\/\d{10}_dall-e-3\+a_red_cat_[0-9a-f]{16}\.png$/);
      expect(contentOf(events)?.content).toContain('data-width="1" data-height="1"><img');
      expect(Buffer.from(await (await work.app.get(url)).bytes()).toString("base64")).toBe(png);
      const fetched = work.upstream.requests.find(({ path }) => path === "/made/a.mp4");
      expect(fetched?.headers.authorization).toBeUndefined();
    });

    test("goes through the guard: what is elsewhere on this machine stays there, and is not asked", async () => {
      using canary = openUpstream(() => pictured);
      let first = 0;
      await using work = await open(({ path, headers }) =>
        path === "/moved"
          ? [`HTTP/1.1 302 Found\r\nlocation: ${canary.origin}/a.png\r\ncontent-length: 0\r\n\r\n`]
          : linkTo(path.includes("images") && first++ > 0 ? `http://${headers.host}/moved` : `${canary.origin}/a.png`),
      );
      for (const address of ["/a.png", "/moved"]) {
        const events = await work.ask({ model: "dall-e-3" });
        expect(contentOf(events)?.urls).toEqual([expect.stringContaining(address)]);
        expect(logsOf(events)).toEqual([expect.stringContaining("stays where it lies: 127.0.0.1")]);
        expect(events.at(-2)).toMatchObject({ finish: { reason: "stop" } });
      }
      expect(canary.requests).toEqual([]);
    });

    test("stays there where it is gone, or is no picture after all", async () => {
      const page = answer(200, "<svg onload=alert(1)>");
      for (const [script, why] of [
        [answer(404, {}), "answered 404"],
        [page, "no picture, film or sound"],
        [["HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n\x89PNG", "close"] as Step[], "broke off"],
      ] as const) {
        await using work = await open(({ path, headers }) =>
          path === "/x" ? script : linkTo(`http://${headers.host}/x`),
        );
        const events = await work.ask({ model: "dall-e-3" });
        expect(contentOf(events)?.urls).toEqual([`${work.upstream.origin}/x`]);
        expect(logsOf(events)).toEqual([expect.stringContaining(why)]);
        expect((await Array.fromAsync(work.app.services.store.blobs.list(9))).flat()).toEqual([]);
      }
    });
  });

  test("wants words", async () => {
    await using work = await open(drawing);
    const events = await work.ask({ model: "gpt-image-1", messages: [{ role: "user", content: "" }] });
    expect(events.find((each) => each.type === "error")).toMatchObject({
      message: "BadRequestError: say in words what is to be made",
    });
    expect(work.upstream.requests).toEqual([]);
  });
});

describe("a picture in the text of a chat", () => {
  test("is kept and shown by its address, wherever it is cut; its base64 reaches nobody", async () => {
    const text = `Here it is! ![a cat](data:image/png;base64,${png})\n\nDo you like it?`;
    await using work = await open(() => openaiText(...(text.match(/[^]{1,7}/g) ?? [])));
    const events = await work.ask({ model: "m" });
    const contents = events.flatMap((each) => (each.type === "content" ? [each] : []));
    const shown = contents.find(({ urls }) => urls !== undefined);
    const [url = ""] = shown?.urls ?? [];
    expect(url).toMatch(/^\/media\/\d{10}_m\+a_red_cat_[0-9a-f]{16}\.png$/);
    expect(shown).toMatchObject({ alt: "a cat", content: expect.stringContaining(`<img src="/thumbnail/`) });
    const said = contents.map((each) => (each === shown ? "[picture]" : each.content)).join("");
    expect(said).toBe("Here it is! [picture]\n\nDo you like it?");
    expect(JSON.stringify(events)).not.toContain("base64");
    expect(Buffer.from(await (await work.app.get(url)).bytes()).toString("base64")).toBe(png);
  });

  test("that is none stays text, with a note", async () => {
    const text = `![a](data:image/png;base64,${Buffer.from("<svg onload=alert(1)>").toString("base64")}) !`;
    await using work = await open(() => openaiText(text));
    const events = await work.ask({ model: "m" });
    expect(events.flatMap((each) => (each.type === "content" ? [each.content] : [])).join("")).toBe(text);
    expect(events).toContainEqual({ type: "log", log: "Work: a picture in its text could not be read" });
    expect(events).toContainEqual({ type: "finish", finish: { reason: "stop" } });
  });
});

describe("speech", () => {
  test("is kept and played where it is, its words beneath", async () => {
    const wav = Buffer.alloc(60);
    wav.write("RIFF", 0, "latin1");
    wav.writeUInt32LE(0xffffffff, 4);
    wav.write("WAVEfmt ", 8, "latin1");
    wav.writeUInt32LE(16, 16);
    wav.writeUInt16LE(1, 20);
    wav.writeUInt16LE(1, 22);
    wav.writeUInt32LE(24_000, 24);
    wav.writeUInt32LE(48_000, 28);
    wav.writeUInt16LE(2, 32);
    wav.writeUInt16LE(16, 34);
    wav.write("data", 36, "latin1");
    wav.writeUInt32LE(0xffffffff, 40);
    await using work = await open(() => [...chunked([wav.subarray(0, 30), wav.subarray(30)], "audio/wav"), lastChunk]);
    const events = await work.ask({ model: "gpt-4o-mini-tts", voice: "alloy", format: "wav" });
    const content = events.find((each) => each.type === "content");
    expect(content?.data).toMatch(/^\/media\/\d{10}_gpt-4o-mini-tts\+a_red_cat_[0-9a-f]{16}\.wav$/);
    expect(content?.content).toBe(`<audio controls src="${content?.data}"></audio>\n\na <red> cat`);
    expect(JSON.parse(work.upstream.requests[0]!.body)).toMatchObject({ voice: "alloy", input: "a <red> cat" });
    const bytes = Buffer.from(await (await work.app.get(content?.data ?? "")).arrayBuffer());
    // It came without its length; it is kept with it.
    expect([bytes.readUInt32LE(4), bytes.readUInt32LE(40)]).toEqual([52, 16]);
  });
});
