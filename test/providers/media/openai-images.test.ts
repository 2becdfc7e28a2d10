import { describe, expect, test } from "bun:test";
import { azureOpenai } from "../../../src/providers/adapters/azure-openai.ts";
import { openai } from "../../../src/providers/adapters/openai.ts";
import type { MediaSettings } from "../../../src/protocol/chat.ts";
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
import { answer, chunked, lastChunk } from "../../support/scripted-upstream.ts";
import { until } from "../../support/until.ts";

const partial = { type: "image_generation.partial_image", partial_image_index: 0, b64_json: base64Of("half") };
const completed = {
  type: "image_generation.completed",
  b64_json: base64Of("whole"),
  output_format: "webp",
  usage: {
    total_tokens: 100,
    input_tokens: 50,
    output_tokens: 50,
    input_tokens_details: { text_tokens: 10, image_tokens: 40 },
  },
};
const wholeAnswer = [...chunked(eventsOf(partial, completed)), lastChunk];
const whole = {
  type: "media",
  medium: { kind: "image", source: { bytes: bytesOf("whole") }, mime: "image/webp" },
} as const;
const usage = { type: "usage", usage: { prompt_tokens: 50, completion_tokens: 50, total_tokens: 100 } } as const;
const finish = { type: "finish", reason: "stop" } as const;

describe("OpenAI's picture models", () => {
  test("show a picture on its way, then the whole, its usage and an end", async () => {
    using it = openWith(openai, () => wholeAnswer);
    expect(await generated(it.provider, pictureRequest("gpt-image-2.6-flare"))).toEqual([
      { type: "preview", medium: { kind: "image", source: { bytes: bytesOf("half") } } },
      whole,
      usage,
      finish,
    ]);
    const [sent] = it.upstream.requests;
    expect([sent?.method, sent?.path, sent?.headers.authorization]).toEqual([
      "POST",
      "/images/generations",
      "Bearer test-key-0123",
    ]);
    expect(JSON.parse(sent?.body ?? "")).toEqual({
      model: "gpt-image-2.6-flare",
      prompt: "A cat",
      stream: true,
      partial_images: 2,
    });
  });

  test("tell the same whatever the pieces of their answer", async () => {
    const text = eventsOf(partial, completed).join("");
    for (const stride of [1, 7, 50]) {
      const pieces = text.match(new RegExp(`[^]{1,${stride}}`, "g")) ?? [];
      using it = openWith(openai, () => [...chunked(pieces), lastChunk]);
      const types = (await generated(it.provider, pictureRequest("gpt-image-2"))).map(({ type }) => type);
      expect(types).toEqual(["preview", "media", "usage", "finish"]);
    }
  });

  test("work on pictures, sent in a form", async () => {
    using it = openWith(openai, () => [
      ...chunked(eventsOf({ ...completed, type: "image_edit.completed" })),
      lastChunk,
    ]);
    const inputs = [
      { mime: "image/png", base64: base64Of("first") },
      { mime: "image/jpeg", base64: base64Of("second") },
    ];
    const request = pictureRequest("gpt-image-1.5", { inputs, settings: { aspect_ratio: "16:9", format: "jpg" } });
    expect(await generated(it.provider, request)).toEqual([whole, usage, finish]);
    expect(it.upstream.requests[0]?.path).toBe("/images/edits");
    expect(formOf(it.upstream.requests[0])).toEqual([
      "model = gpt-image-1.5",
      "prompt = A cat",
      "size = 1536x1024",
      "output_format = jpeg",
      "stream = true",
      "partial_images = 2",
      "image[] (picture-1.png, image/png) = first",
      "image[] (picture-2.jpg, image/jpeg) = second",
    ]);
  });

  test("make several at once in one document, each with its words", async () => {
    const data = ["one", "two"].map((each) => ({ b64_json: base64Of(each), revised_prompt: `${each} cat` }));
    using it = openWith(openai, () => answer(200, { created: 1, data, output_format: "png" }));
    const events = await generated(it.provider, pictureRequest("gpt-image-2", { settings: { n: 2 } }));
    expect(events).toEqual([
      ...["one", "two"].map((each) => ({
        type: "media" as const,
        medium: { kind: "image" as const, source: { bytes: bytesOf(each) }, mime: "image/png", alt: `${each} cat` },
      })),
      finish,
    ]);
    expect(JSON.parse(it.upstream.requests[0]?.body ?? "")).toEqual({ model: "gpt-image-2", prompt: "A cat", n: 2 });
  });

  test("are understood where a server passes over the stream, however large the picture", async () => {
    const large = "x".repeat(3 * 1024 * 1024);
    using it = openWith(openai, () => answer(200, { data: [{ b64_json: base64Of(large) }] }));
    const [event] = await generated(it.provider, pictureRequest("gpt-image-2"));
    expect(event).toMatchObject({ type: "media" });
    expect(event?.type === "media" && "bytes" in event.medium.source && event.medium.source.bytes.length).toBe(
      large.length,
    );
  });

  test("of the older kind are asked for bytes, in a size that they know, and one at a time", async () => {
    const body = async (model: string, settings: MediaSettings) => {
      using it = openWith(openai, () => answer(200, { data: [{ url: "https://example.com/a.png" }] }));
      const [made] = await generated(it.provider, pictureRequest(model, { settings }));
      expect(made).toEqual({ type: "media", medium: { kind: "image", source: { url: "https://example.com/a.png" } } });
      return JSON.parse(it.upstream.requests[0]?.body ?? "");
    };
    expect(await body("dall-e-3", { aspect_ratio: "9:16", n: 3 })).toEqual({
      model: "dall-e-3",
      prompt: "A cat",
      size: "1024x1792",
      response_format: "b64_json",
    });
    expect(await body("dall-e-2", { width: 300, height: 300, n: 3 })).toMatchObject({ size: "256x256", n: 3 });
  });

  test("take the size that is nearest to what is asked", async () => {
    const size = async (model: string, settings: MediaSettings) => {
      using it = openWith(openai, () => wholeAnswer);
      await generated(it.provider, pictureRequest(model, { settings }));
      return JSON.parse(it.upstream.requests[0]?.body ?? "").size;
    };
    expect(await size("gpt-image-1", { aspect_ratio: "2:3" })).toBe("1024x1536");
    expect(await size("gpt-image-1", { resolution: "1000x1000" })).toBe("1024x1024");
    expect(await size("gpt-image-2", { resolution: "1024x1536" })).toBe("1024x1536");
    expect(await size("gpt-image-2", { width: 100, height: 100 })).toBe("816x816");
    expect(await size("gpt-image-2", { aspect_ratio: "10:1" })).toBe("1776x592");
    expect(await size("gpt-image-2", { aspect_ratio: "16:9", resolution: "4K" })).toBe("3840x2160");
    expect(await size("gpt-image-2", { aspect_ratio: "nonsense" })).toBeUndefined();
  });

  test("that refuse say why, in the vendor's sentence", async () => {
    const message = "Your request was rejected by the safety system. safety_violations=[sexual].";
    const error = { message, type: "image_generation_user_error", param: null, code: "moderation_blocked" };
    const scripts = [
      answer(400, { error }),
      [...chunked(eventsOf(partial, { type: "error", error } as never)), lastChunk],
    ];
    for (const script of scripts) {
      using it = openWith(openai, () => script);
      await expect(generated(it.provider, pictureRequest("gpt-image-2"))).rejects.toMatchObject({
        reason: "upstream_rejected",
        message: expect.stringContaining(message),
      });
    }
  });

  test("that make nothing fail, and so do answers that are cut off", async () => {
    using empty = openWith(openai, () => answer(200, { created: 1, data: [] }));
    await expect(generated(empty.provider, pictureRequest("gpt-image-2"))).rejects.toMatchObject({
      reason: "no_media",
      message: "OpenAI made no picture: it gave no reason",
    });
    for (const end of [lastChunk, "close", "reset"] as const) {
      using it = openWith(openai, () => [...chunked(eventsOf(partial)), end]);
      await expect(generated(it.provider, pictureRequest("gpt-image-2"))).rejects.toMatchObject({
        reason: "upstream_failed",
      });
    }
  });

  test("lose nothing of a finished picture when the connection breaks after it", async () => {
    using it = openWith(openai, () => [...chunked(eventsOf(completed)), { waitMs: 20 }, "reset"]);
    expect(await generated(it.provider, pictureRequest("gpt-image-2"))).toEqual([whole, usage, finish]);
  });

  test("are no longer waited for once the caller has gone", async () => {
    using it = openWith(openai, () => [...chunked(eventsOf(partial)), "hang"]);
    const controller = new AbortController();
    const making = generated(it.provider, pictureRequest("gpt-image-2"), callOf(controller.signal));
    await until(() => it.upstream.requests.length === 1);
    controller.abort(new Error("gone"));
    await expect(making).rejects.toThrow("gone");
    await making.catch(() => undefined);
    expect(await it.upstream.requests[0]?.closed).toBeNumber();
  });

  test("are known by name, and their settings are those of pictures alone", () => {
    using it = openWith(openai, () => []);
    const { makes, parameters } = it.provider;
    for (const model of ["gpt-image-2.6-sunburst", "dall-e-3", "chatgpt-image-latest"])
      expect([model, makes?.(model)]).toEqual([model, "image"]);
    for (const model of ["gpt-4o", "gpt-6-luna", "whisper-1", "gpt-4o-transcribe", "text-embedding-3-small", ""])
      expect([model, makes?.(model)]).toEqual([model, undefined]);
    expect(Object.keys(parameters("gpt-image-2")).sort()).toEqual(
      ["model", "aspect_ratio", "resolution", "width", "height", "n", "format", "quality", "background"].sort(),
    );
    expect(parameters("dall-e-3")).not.toContainKeys(["n", "format"]);
    expect(parameters("gpt-4o")).toContainKeys(["temperature", "tools"]);
  });
});

test("Azure's deployments are asked as OpenAI's models, by the key alone", async () => {
  using it = openWith(azureOpenai, () => wholeAnswer);
  expect(it.provider.makes?.("our-gpt-image-2")).toBe("image");
  expect(await generated(it.provider, pictureRequest("our-gpt-image-2"))).toContainEqual(whole);
  const [sent] = it.upstream.requests;
  expect([sent?.path, sent?.headers["api-key"], sent?.headers.authorization]).toEqual([
    "/images/generations",
    "test-key-0123",
    undefined,
  ]);
});
