import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { type OpenAI, toFile } from "openai";
import { openApp, type TestApp } from "../../support/app.ts";
import { eventsOf, formOf } from "../../support/media.ts";
import { openClientOf, refusalOf, thrownBy } from "../../support/openai-client.ts";
import { pngOf } from "../../support/pictures.ts";
import {
  answer,
  chunked,
  lastChunk,
  openaiText,
  openUpstream,
  type RecordedRequest,
  type ScriptedUpstream,
  type Step,
} from "../../support/scripted-upstream.ts";

const whole = pngOf(1);
const half = pngOf(2);
const usage = { total_tokens: 100, input_tokens: 40, output_tokens: 60 };
const partialEvent = {
  type: "image_generation.partial_image",
  partial_image_index: 0,
  b64_json: half.toString("base64"),
};
const completedEvent = {
  type: "image_generation.completed",
  b64_json: whole.toString("base64"),
  output_format: "png",
  usage,
};
const failed = { error: { message: "the model is overloaded", code: "overloaded" } };

/** What the vendor does, by the prompt. */
const scripts: Readonly<Record<string, () => Step[]>> = {
  "a cat": () => [...chunked(eventsOf(partialEvent, partialEvent, completedEvent)), lastChunk],
  several: () =>
    answer(200, { data: [1, 2, 3].map((number) => ({ b64_json: pngOf(number).toString("base64") })), usage }),
  "reworded, please": () =>
    answer(200, { data: [{ b64_json: whole.toString("base64"), revised_prompt: "A better cat" }] }),
  refused: () => answer(400, { error: { message: "Your prompt is not allowed", code: "moderation_blocked" } }),
  limited: () => answer(429, { error: { message: "Slow down" } }, { "retry-after": "7" }),
  broken: () => answer(500, { error: { message: "oops" } }),
  nothing: () => answer(200, { data: [] }),
  garbage: () => answer(200, { data: [{ b64_json: Buffer.from("no picture").toString("base64") }] }),
  cut: () => [...chunked(eventsOf(partialEvent)), "reset"],
  "an error later": () => [
    ...chunked([...eventsOf(partialEvent), `event: error\ndata: ${JSON.stringify(failed)}\n\n`]),
    lastChunk,
  ],
  silence: () => [...chunked(eventsOf(partialEvent)), "hang"],
};

function play({ path, body, headers }: RecordedRequest): Step[] {
  if (path.endsWith("/models")) return answer(200, { data: [{ id: "gpt-4o" }, { id: "gpt-image-1.5" }] });
  if (path.endsWith("/chat/completions")) return openaiText("Words.");
  const prompt = path.endsWith("/edits")
    ? (formOf({ body, headers }).find((field) => field.startsWith("prompt = ")) ?? "").slice("prompt = ".length)
    : JSON.parse(body).prompt;
  return scripts[prompt]?.() ?? answer(404, { error: { message: `no script ${prompt}` } });
}

describe("pictures, by OpenAI's own client", () => {
  let upstream: ScriptedUpstream;
  let app: TestApp;
  let ada: OpenAI;
  beforeAll(async () => {
    upstream = openUpstream(play);
    const entry = { name: "Work", type: "openai", base_url: upstream.origin, api_key: "test-key-0123" };
    app = await openApp({ yaml: Bun.YAML.stringify({ providers: [entry] }) });
    ada = await openClientOf(app, "ada");
  });
  afterAll(async () => {
    await app[Symbol.asyncDispose]();
    upstream[Symbol.dispose]();
  });
  const lastAsked = () => upstream.requests.findLast(({ method }) => method === "POST");
  const model = "gpt-image-1.5";

  test("come with their bytes, their size and what they took", async () => {
    const look = { size: "1536x1024", output_format: "png", quality: "low", background: "transparent" } as const;
    const made = await ada.images.generate({ prompt: "a cat", model, ...look });
    expect(made).toEqual({
      created: expect.any(Number),
      data: [{ b64_json: whole.toString("base64") }],
      size: "8x8",
      output_format: "png",
      usage: { ...usage, input_tokens_details: { text_tokens: 40, image_tokens: 0 } },
    });
    expect(JSON.parse(lastAsked()?.body ?? "")).toMatchObject({ model, ...look });
  });

  test("come as addresses of this server where those are asked for, for their owner alone", async () => {
    const { data } = await ada.images.generate({ prompt: "a cat", model: `Work/${model}`, response_format: "url" });
    const url = data?.[0]?.url ?? "";
    expect(url).toStartWith(`${app.origin}/media/`);
    const get = (client: OpenAI) => fetch(url, { headers: { authorization: `Bearer ${client.apiKey}` } });
    expect(Buffer.compare(Buffer.from(await (await get(ada)).arrayBuffer()), whole)).toBe(0);
    expect((await get(await openClientOf(app, "bob"))).status).toBe(404);
  });

  test("may be several, in their order", async () => {
    const { data } = await ada.images.generate({ prompt: "several", model, n: 3 });
    expect(data?.map(({ b64_json }) => b64_json)).toEqual([1, 2, 3].map((number) => pngOf(number).toString("base64")));
    expect(JSON.parse(lastAsked()?.body ?? "")).toMatchObject({ n: 3 });
  });

  test("tell what they were made of, where the vendor changed it", async () => {
    const { data } = await ada.images.generate({ prompt: "reworded, please", model });
    expect(data).toEqual([{ b64_json: whole.toString("base64"), revised_prompt: "A better cat" }]);
  });

  test.each([undefined, "auto", "default"])("are made by whoever makes some where the model is %p", async (name) => {
    const { response } = await ada.images.generate({ prompt: "a cat", ...(name && { model: name }) }).withResponse();
    expect([response.headers.get("x-provider"), response.headers.get("x-model")]).toEqual(["Work", model]);
  });

  test.each([0, 1, 2, 3])("are told of while they become, %p times at most", async (partial_images) => {
    const stream = await ada.images.generate({ prompt: "a cat", model, stream: true, partial_images });
    const events: OpenAI.ImageGenStreamEvent[] = [];
    for await (const event of stream) events.push(event);
    const partials = Math.min(2, partial_images);
    expect(events.map(({ type }) => type)).toEqual([
      ...Array.from({ length: partials }, () => "image_generation.partial_image" as const),
      "image_generation.completed",
    ]);
    expect(
      events.slice(0, partials).map((event) => "partial_image_index" in event && event.partial_image_index),
    ).toEqual([0, 1].slice(0, partials));
    for (const { b64_json } of events.slice(0, partials)) expect(b64_json).toMatch(/^[\w+/]{20,}=*$/);
    expect(events.at(-1)).toMatchObject({
      b64_json: whole.toString("base64"),
      size: "8x8",
      output_format: "png",
      usage: { ...usage, input_tokens_details: { text_tokens: 40, image_tokens: 0 } },
    });
  });

  const form = async (more: object = {}) => ({
    prompt: "a cat",
    model,
    image: [await toFile(half, "a.png"), await toFile(whole, "b.png")],
    ...more,
  });

  test("are made of others, in a form or in JSON", async () => {
    const { data } = await ada.images.edit({ ...(await form()), size: "1024x1024", n: 1 });
    expect(data).toEqual([{ b64_json: whole.toString("base64") }]);
    const { id } = await ada.files.create({ file: await toFile(half, "dot.png"), purpose: "vision" });
    const images = [{ image_url: `data:image/png;base64,${half.toString("base64")}` }, { file_id: id }];
    expect(await ada.post("/images/edits", { body: { prompt: "a cat", model, images } })).toMatchObject({ data });
    for (const asked of upstream.requests.filter(({ path }) => path.endsWith("/edits")))
      expect(formOf(asked).filter((field) => field.startsWith("image[]"))).toHaveLength(2);
  });

  test("that are made of others are told of while they become", async () => {
    const stream = await ada.images.edit({ ...(await form()), stream: true, partial_images: 1 });
    const types: string[] = [];
    for await (const event of stream) types.push(event.type);
    expect(types).toEqual(["image_edit.partial_image", "image_edit.completed"]);
  });

  const failures = [
    ["refused", [400, "upstream_rejected"]],
    ["limited", [429, "rate_limit_exceeded"]],
    ["broken", [502, "upstream_failed"]],
    ["nothing", [502, "no_media"]],
    ["garbage", [502, "no_media"]],
  ] as const;
  const ways = ["whole", "stream"] as const;
  const matrix = failures.flatMap(([prompt, refusal]) => ways.map((way) => [prompt, way, refusal] as const));
  test.each(matrix)("that fail (%s, %s) do so with a status", async (prompt, way, refusal) => {
    expect(await refusalOf(() => ada.images.generate({ prompt, model, stream: way === "stream" }))).toEqual([
      ...refusal,
    ]);
  });

  const later = ["cut", "an error later"].flatMap((prompt) => ways.map((way) => [prompt, way] as const));
  test.each(later)(
    "that fail while they become (%s, %s) are an error, and never half a picture",
    async (prompt, way) => {
      const thrown = await thrownBy(async () => {
        const made = await ada.images.generate({ prompt, model, stream: way === "stream", partial_images: 1 });
        if ("controller" in made) for await (const { type } of made) expect(type).toEndWith(".partial_image");
      });
      expect([502, undefined]).toContain(thrown.status);
      expect(thrown.code).toBe("upstream_failed");
    },
  );

  test("that nobody waits for any more are not asked for any longer", async () => {
    const stream = await ada.images.generate({ prompt: "silence", model, stream: true, partial_images: 1 });
    for await (const { type } of stream) {
      expect(type).toBe("image_generation.partial_image");
      break;
    }
    await lastAsked()?.closed;
  });

  const wrong: readonly (readonly [object, RegExp])[] = [
    [{ prompt: " " }, /prompt: expected/],
    [{}, /prompt is missing/],
    [{ prompt: ["a cat"] }, /prompt: expected/],
    [{ prompt: "a cat", n: 11 }, /n: expected a number from 1 to 10/],
    [{ prompt: "a cat", size: "large" }, /size: expected auto, or a size/],
    [{ prompt: "a cat", output_format: "svg" }, /output_format: expected png or jpeg or webp/],
    [{ prompt: "a cat", response_format: "file" }, /response_format: expected b64_json or url/],
    [{ prompt: "a cat", stream: "yes" }, /stream: expected a boolean/],
    [{ prompt: "a cat", background: "blue" }, /background: expected auto or transparent or opaque/],
    [{ prompt: "a cat", model: 4 }, /model: expected a model's name/],
    [{ prompt: "a cat", images: 4, model: "nobody-has-it" }, /nobody-has-it/],
  ];
  test.each(wrong)("are not made of what is wrong: %j", async (body, message) => {
    const thrown = await thrownBy(() => ada.post("/images/generations", { body }));
    expect(thrown.status).toBeGreaterThanOrEqual(400);
    expect(thrown).toMatchObject({ message: expect.stringMatching(message), type: "invalid_request_error" });
  });

  const wrongEdits: readonly (readonly [string, () => Promise<unknown>, number, RegExp])[] = [
    [
      "with a mask",
      async () => ada.images.edit(await form({ mask: await toFile(half, "m.png") })),
      400,
      /mask: it is not/,
    ],
    ["of no picture", async () => ada.images.edit(await form({ image: [] })), 400, /images: expected from 1 to 16/],
    [
      "of n that is no number",
      () => form({ n: "x" as never }).then((body) => ada.images.edit(body)),
      400,
      /n: expected/,
    ],
    [
      "of words",
      async () => ada.images.edit(await form({ image: await toFile(Buffer.from("words"), "a.png") })),
      400,
      /./,
    ],
    [
      "of somebody's file",
      () => ada.post("/images/edits", { body: { prompt: "a", images: [{ file_id: "x" }] } }),
      404,
      /no file/,
    ],
    ["of text", () => ada.post("/images/edits", { body: "[" }), 400, /JSON/],
    [
      "as variations",
      async () => ada.images.createVariation({ image: await toFile(half, "a.png") }),
      404,
      /nothing at this/,
    ],
  ];
  test.each(wrongEdits)("are not made %s", async (_, ask, status, message) => {
    expect(await thrownBy(ask)).toMatchObject({ status, message: expect.stringMatching(message) });
  });

  test("are no words: a model that only writes is an error", async () => {
    expect(await refusalOf(() => ada.images.generate({ prompt: "a cat", model: "gpt-4o" }))).toEqual([502, "no_media"]);
  });

  test("with an Idempotency-Key are made once", async () => {
    const ask = () =>
      ada.images.generate({ prompt: "a cat", model }, { headers: { "idempotency-key": "the-same-picture" } });
    const first = await ask();
    const count = upstream.requests.length;
    expect((await ask()).data).toEqual(first.data);
    expect(upstream.requests).toHaveLength(count);
  });
});
