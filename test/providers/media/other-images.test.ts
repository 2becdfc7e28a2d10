import { describe, expect, test } from "bun:test";
import { deepinfra } from "../../../src/providers/adapters/deepinfra.ts";
import { openrouter } from "../../../src/providers/adapters/openrouter.ts";
import { together } from "../../../src/providers/adapters/together.ts";
import { xai } from "../../../src/providers/adapters/xai.ts";
import type { ProviderEvent } from "../../../src/providers/provider.ts";
import {
  base64Of,
  bytesOf,
  callOf,
  eventsOf,
  formOf,
  generated,
  openWith,
  pictureRequest,
} from "../../support/media.ts";
import { openApp } from "../../support/app.ts";
import { answer, chunked, lastChunk, openUpstream } from "../../support/scripted-upstream.ts";

const picture = { mime: "image/png", base64: base64Of("input") };
const asAddress = `data:image/png;base64,${picture.base64}`;
const finish = { type: "finish", reason: "stop" } as const;
const made = (mime?: string) => ({
  type: "media" as const,
  medium: { kind: "image" as const, source: { bytes: bytesOf("whole") }, ...(mime && { mime }) },
});

describe("xAI's picture models", () => {
  const script = () =>
    answer(200, {
      data: [{ b64_json: base64Of("whole"), mime_type: "image/jpeg", revised_prompt: "" }],
      usage: { cost_in_usd_ticks: 500_000_000 },
    });

  test("are told the nearest shape and resolution, and tell what it cost", async () => {
    using it = openWith(xai, script);
    const settings = { width: 2000, height: 1000, n: 1 };
    expect(await generated(it.provider, pictureRequest("grok-imagine-image-quality", { settings }))).toEqual([
      made("image/jpeg"),
      { type: "usage", usage: {}, cost: 0.05 },
      finish,
    ]);
    const [sent] = it.upstream.requests;
    expect(sent?.path).toBe("/images/generations");
    expect(JSON.parse(sent?.body ?? "")).toEqual({
      model: "grok-imagine-image-quality",
      prompt: "A cat",
      n: 1,
      aspect_ratio: "2:1",
      resolution: "1k",
      response_format: "b64_json",
    });
  });

  test("are sent pictures as JSON: one alone, several in a list", async () => {
    for (const count of [1, 2]) {
      using it = openWith(xai, script);
      const inputs = [picture, picture].slice(0, count);
      await generated(it.provider, pictureRequest("grok-imagine-image", { inputs }));
      const entry = { type: "image_url", url: asAddress };
      expect(it.upstream.requests[0]?.path).toBe("/images/edits");
      expect(JSON.parse(it.upstream.requests[0]?.body ?? "")).toEqual({
        model: "grok-imagine-image",
        prompt: "A cat",
        ...(count === 1 ? { image: entry } : { images: [entry, entry] }),
        response_format: "b64_json",
      });
    }
  });

  test("that refuse say why", async () => {
    const error = "Generated image rejected by content moderation.";
    using it = openWith(xai, () => answer(400, { code: "Client specified an invalid argument", error }));
    await expect(generated(it.provider, pictureRequest("grok-imagine-image"))).rejects.toMatchObject({
      reason: "upstream_rejected",
      message: `xAI answered 400: ${error}`,
    });
  });

  test("are listed though the list of those that chat knows none, and that one does without them", async () => {
    const chats = { models: [{ id: "grok-4.3", input_modalities: ["text"], output_modalities: ["text"] }] };
    const pictures = { models: [{ id: "aurora", input_modalities: ["text"], output_modalities: ["image"] }] };
    for (const isUp of [true, false]) {
      using it = openWith(xai, ({ path }) =>
        path === "/language-models" ? answer(200, chats) : answer(isUp ? 200 : 503, isUp ? pictures : {}),
      );
      const ids = (await it.provider.listModels(callOf())).map(({ id }) => id);
      expect(ids).toEqual(isUp ? ["grok-4.3", "aurora"] : ["grok-4.3"]);
      expect([it.provider.makes?.("aurora"), it.provider.makes?.("grok-4.3")]).toEqual([
        isUp ? "image" : undefined,
        undefined,
      ]);
    }
  });

  test("are not asked for where the operator says what there is", async () => {
    using it = openWith(xai, () => answer(500, {}), { models: ["grok-imagine-image"] });
    expect(await it.provider.listModels(callOf())).toMatchObject([{ id: "grok-imagine-image", image: true }]);
    expect(it.upstream.requests).toEqual([]);
  });
});

describe("Together's picture models", () => {
  const document = {
    id: "oHpD53L-2kFHot-998e0de9fe14d8a1-SEA",
    model: "black-forest-labs/FLUX.1-schnell",
    object: "list",
    data: [{ index: 0, type: "b64_json", b64_json: base64Of("whole") }],
  };

  test("are told width and height as they are", async () => {
    using it = openWith(together, () => answer(200, document));
    const settings = { width: 1000, height: 700, n: 1, negative_prompt: "dogs", seed: 7, format: "png" };
    const request = pictureRequest("black-forest-labs/FLUX.1-schnell", { settings, inputs: [picture] });
    expect(await generated(it.provider, request)).toEqual([
      { type: "model", model: "black-forest-labs/FLUX.1-schnell" },
      made(),
      finish,
    ]);
    expect(JSON.parse(it.upstream.requests[0]?.body ?? "")).toEqual({
      model: "black-forest-labs/FLUX.1-schnell",
      prompt: "A cat",
      image_url: asAddress,
      width: 1000,
      height: 700,
      n: 1,
      negative_prompt: "dogs",
      seed: 7,
      output_format: "png",
      response_format: "base64",
    });
  });

  test("are told a shape in pixels, and no second picture to work on", async () => {
    using it = openWith(together, () => answer(200, document));
    await generated(
      it.provider,
      pictureRequest("black-forest-labs/FLUX.2-pro", { settings: { aspect_ratio: "16:9" } }),
    );
    expect(JSON.parse(it.upstream.requests[0]?.body ?? "")).toMatchObject({ width: 1376, height: 768 });
    const two = pictureRequest("black-forest-labs/FLUX.2-pro", { inputs: [picture, picture] });
    await expect(generated(it.provider, two)).rejects.toMatchObject({ reason: "upstream_rejected" });
  });

  test("are those that its list says, whatever their names", async () => {
    using it = openWith(together, () =>
      answer(200, [
        { id: "Lykon/DreamShaper", type: "image", display_name: "DreamShaper" },
        { id: "openai/gpt-oss-120b", type: "chat" },
      ]),
    );
    expect(it.provider.makes?.("Lykon/DreamShaper")).toBeUndefined();
    expect(await it.provider.listModels(callOf())).toMatchObject([
      { id: "Lykon/DreamShaper", label: "DreamShaper", image: true, tools: false },
      { id: "openai/gpt-oss-120b", image: false },
    ]);
    expect(it.provider.makes?.("Lykon/DreamShaper")).toBe("image");
    expect(it.provider.makes?.("openai/gpt-oss-120b")).toBeUndefined();
    expect(Object.keys(it.provider.parameters("Lykon/DreamShaper"))).toContain("negative_prompt");
  });
});

test("a model that its vendor lists as making pictures is no default for a chat", async () => {
  const listed = [
    { id: "Lykon/DreamShaper", type: "image" },
    { id: "some/chatty", type: "chat" },
  ];
  using upstream = openUpstream(() => answer(200, listed));
  const settings = { name: "Work", type: "together", base_url: upstream.origin, api_key: "test-key-0123" };
  await using app = await openApp({ yaml: Bun.YAML.stringify({ providers: [settings] }) });
  const models = await (await app.get("/backend-api/v2/models/Work")).json();
  expect(models).toMatchObject([
    { id: "Lykon/DreamShaper", image: true, default: false },
    { id: "some/chatty", default: true },
  ]);
});

describe("DeepInfra's picture models", () => {
  const document = { created: 1707000000, data: [{ revised_prompt: "A big cat", b64_json: base64Of("whole") }] };

  test("make and change pictures as OpenAI's", async () => {
    using it = openWith(deepinfra, () => answer(200, document));
    const made = await generated(
      it.provider,
      pictureRequest("stabilityai/sdxl-turbo", { settings: { n: 1, width: 512, height: 512 } }),
    );
    expect(made).toMatchObject([{ type: "media", medium: { alt: "A big cat" } }, finish]);
    await generated(it.provider, pictureRequest("Qwen/Qwen-Image-Edit-Max", { inputs: [picture] }));
    const [first, second] = it.upstream.requests;
    expect(JSON.parse(first?.body ?? "")).toEqual({
      model: "stabilityai/sdxl-turbo",
      prompt: "A cat",
      size: "512x512",
      n: 1,
      response_format: "b64_json",
    });
    expect([first?.path, second?.path]).toEqual(["/images/generations", "/images/edits"]);
    expect(formOf(second)).toEqual([
      "model = Qwen/Qwen-Image-Edit-Max",
      "prompt = A cat",
      "image (picture-1.png, image/png) = input",
    ]);
  });
});

describe("OpenRouter", () => {
  const chat = {
    messages: [{ role: "user", content: "A cat" } as const],
    sampling: {},
    media: {},
    state: undefined,
    extra: {},
  };

  async function said(script: Parameters<typeof openWith>[1], model: string) {
    using it = openWith(openrouter, script);
    const events: ProviderEvent[] = [];
    for await (const batch of it.provider.chat?.({ ...chat, model }, callOf()) ?? []) events.push(...batch);
    return { events, body: JSON.parse(it.upstream.requests[0]?.body ?? "") };
  }

  test("makes pictures in a chat, in pieces or whole, for those who ask for them", async () => {
    const images = [
      { type: "image_url", image_url: { url: `data:image/png;base64,${base64Of("whole")}` }, index: 0 },
      { type: "image_url", image_url: { url: "https://example.com/a.png" } },
      { type: "image_url", image_url: { url: "javascript:alert(1)" } },
    ];
    const streamed = chunked([
      `data: ${JSON.stringify({ choices: [{ delta: { content: "Here:" } }] })}\n\n`,
      `data: ${JSON.stringify({ choices: [{ delta: { content: "", images }, finish_reason: "stop" }] })}\n\n`,
      "data: [DONE]\n\n",
    ]);
    const scripts = [
      [...streamed, lastChunk],
      answer(200, { choices: [{ message: { role: "assistant", content: "Here:", images }, finish_reason: "stop" }] }),
    ];
    for (const script of scripts) {
      const { events, body } = await said(() => script, "google/gemini-2.5-flash-image");
      expect(events).toEqual([
        { type: "content", content: "Here:" },
        made("image/png"),
        { type: "media", medium: { kind: "image", source: { url: "https://example.com/a.png" } } },
        finish,
      ]);
      expect(body.modalities).toEqual(["image", "text"]);
    }
  });

  test("asks other models for no pictures", async () => {
    using it = openWith(openrouter, () => answer(400, {}));
    const asking = it.provider.chat?.({ ...chat, model: "openai/gpt-5-mini" }, callOf());
    await expect(Array.fromAsync(asking ?? [])).rejects.toMatchObject({ reason: "upstream_rejected" });
    expect(JSON.parse(it.upstream.requests[0]?.body ?? "{}")).not.toHaveProperty("modalities");
  });

  test("has an interface of its own for models that make nothing else", async () => {
    using it = openWith(openrouter, () =>
      answer(200, {
        created: 1748372400,
        data: [{ b64_json: base64Of("whole"), media_type: "image/png" }],
        usage: { prompt_tokens: 0, completion_tokens: 4175, total_tokens: 4175, cost: 0.04 },
      }),
    );
    const settings = { aspect_ratio: "16:10", resolution: "2k", seed: 3, n: 1 };
    const request = pictureRequest("bytedance-seed/seedream-4.5", { settings, inputs: [picture] });
    expect(await generated(it.provider, request)).toEqual([
      made("image/png"),
      { type: "usage", usage: { prompt_tokens: 0, completion_tokens: 4175, total_tokens: 4175 }, cost: 0.04 },
      finish,
    ]);
    expect(it.upstream.requests[0]?.path).toBe("/images");
    expect(JSON.parse(it.upstream.requests[0]?.body ?? "")).toEqual({
      model: "bytedance-seed/seedream-4.5",
      prompt: "A cat",
      input_references: [{ type: "image_url", image_url: { url: asAddress } }],
      n: 1,
      aspect_ratio: "3:2",
      resolution: "2K",
      seed: 3,
    });
  });

  test("streams what streams there, and its failure", async () => {
    const completed = { type: "image_generation.completed", b64_json: base64Of("whole"), media_type: "image/png" };
    using it = openWith(openrouter, () => [...chunked([...eventsOf(completed), "data: [DONE]\n\n"]), lastChunk]);
    expect(await generated(it.provider, pictureRequest("openai/gpt-image-2"))).toEqual([made("image/png"), finish]);
    expect(JSON.parse(it.upstream.requests[0]?.body ?? "")).toMatchObject({ stream: true });
    const failure = { type: "error", error: { message: "Generation failed", code: "server_error" } };
    using broken = openWith(openrouter, () => [...chunked(eventsOf(failure)), lastChunk]);
    await expect(generated(broken.provider, pictureRequest("openai/gpt-image-2"))).rejects.toMatchObject({
      reason: "upstream_failed",
      message: "OpenRouter broke off: Generation failed",
    });
  });
});
