import { describe, expect, test } from "bun:test";
import { pollinations } from "../../../src/providers/adapters/pollinations.ts";
import { answer, openUpstream, type Step } from "../../support/scripted-upstream.ts";
import { until } from "../../support/until.ts";
import { allOf, byPath, bytesAnswer, called, eventsOf, failureOf, openAt } from "./asked.ts";

const jpeg = new Uint8Array([0xff, 0xd8, 0xff, 0xe0]);
const base64 = Buffer.from(jpeg).toString("base64");
const made = answer(200, {
  created: 1764070000,
  data: [{ b64_json: base64, revised_prompt: "A red fox" }],
  usage: { input_tokens: 4, output_tokens: 1, total_tokens: 5 },
});

function open(answers: Readonly<Record<string, readonly Step[][]>>, hasKey = true) {
  const upstream = openUpstream(byPath(answers));
  return {
    upstream,
    provider: openAt(pollinations, upstream.origin, hasKey ? {} : { apiKeys: [] }),
    [Symbol.dispose]: () => upstream[Symbol.dispose](),
  };
}

const sent = (request?: { readonly body: string }) => JSON.parse(request?.body ?? "");
const queryOf = (request?: { readonly path: string }) =>
  Object.fromEntries(new URL(request?.path ?? "", "http://h").searchParams);

describe("Pollinations makes with a key", () => {
  test("a picture, as bytes", async () => {
    const { upstream, provider } = open({ "POST /v1/images/generations": [made] });
    using _ = upstream;
    const settings = { aspect_ratio: "16:9", seed: 7 };
    expect(await eventsOf(provider, { model: "black-forest-labs/flux.1-schnell", settings })).toEqual([
      { type: "media", medium: { kind: "image", source: { bytes: Buffer.from(jpeg) } } },
      { type: "usage", usage: { prompt_tokens: 4, completion_tokens: 1, total_tokens: 5 } },
      { type: "finish", reason: "stop" },
    ]);
    expect(sent(upstream.requests[0])).toEqual({
      model: "black-forest-labs/flux.1-schnell",
      prompt: "A red fox",
      response_format: "b64_json",
      size: "1344x768",
      seed: 7,
    });
    expect(upstream.requests[0]?.headers["authorization"]).toBe("Bearer test-key-0123");
  });

  test("a picture of others, and a drawing by its type", async () => {
    const svg = answer(200, { data: [{ b64_json: base64, media_type: "image/svg+xml" }], usage: {} });
    const { upstream, provider } = open({ "POST /v1/images/edits": [svg] });
    using _ = upstream;
    const inputs = [{ mime: "image/png", base64: "AQID" }];
    expect(await eventsOf(provider, { model: "kontext", inputs })).toEqual([
      { type: "media", medium: { kind: "image", source: { bytes: Buffer.from(jpeg) }, mime: "image/svg+xml" } },
      { type: "finish", reason: "stop" },
    ]);
    expect(sent(upstream.requests[0])).toEqual({
      model: "kontext",
      prompt: "A red fox",
      response_format: "b64_json",
      image: [{ image_url: "data:image/png;base64,AQID" }],
    });
  });

  test("a film, whose prompt is its address", async () => {
    const { upstream, provider } = open({ "GET /video/A%20red%20fox%3F%2F..": [bytesAnswer("video/mp4", jpeg)] });
    using _ = upstream;
    const settings = { duration: 4, aspect_ratio: "9:16", seed: 3, resolution: "720x1280" };
    const events = await eventsOf(provider, { model: "google/veo-3.1-fast", prompt: "A red fox?/..", settings });
    expect(events).toEqual([
      { type: "media", medium: { kind: "video", source: { bytes: Buffer.from(jpeg) }, mime: "video/mp4" } },
      { type: "finish", reason: "stop" },
    ]);
    expect(queryOf(upstream.requests[0])).toEqual({
      model: "google/veo-3.1-fast",
      width: "720",
      height: "1280",
      duration: "4",
      aspectRatio: "9:16",
      seed: "3",
    });
    const inputs = [{ mime: "image/png", base64: "AQID" }];
    expect((await failureOf(eventsOf(provider, { model: "veo", inputs })))[0]).toBe("upstream_rejected");
  });

  test("speech", async () => {
    const { upstream, provider } = open({ "POST /v1/audio/speech": [bytesAnswer("audio/mpeg", jpeg)] });
    using _ = upstream;
    const request = { model: "elevenlabs/eleven-v3", text: "Hello", voice: "rachel" };
    const speech = await provider.speak?.(request, called());
    expect([speech?.mime, await allOf(speech?.bytes)]).toEqual(["audio/mpeg", jpeg]);
    expect(sent(upstream.requests[0])).toEqual({
      model: "elevenlabs/eleven-v3",
      input: "Hello",
      voice: "rachel",
      response_format: "mp3",
    });
  });

  test("nothing that it refuses, or does not send", async () => {
    const refused = (status: number, error: object) => answer(status, { status, success: false, error });
    for (const [steps, reason, message] of [
      [refused(400, { type: "safety_error", message: "Blocked by safety: sexual" }), "upstream_rejected", /Blocked/],
      [refused(402, { code: "PAYMENT_REQUIRED", message: "Insufficient pollen" }), "payment_required", /pollen/],
      [refused(401, { code: "UNAUTHORIZED", message: "Authentication required" }), "missing_auth", /required/],
      [answer(200, { created: 1, data: [] }), "no_media", /^Pollinations made no picture, and gave no reason$/],
      [["HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n", '{"data":', "close"], "upstream_failed", /broke off/],
    ] as const) {
      const { upstream, provider } = open({ "POST /v1/images/generations": [[...steps]] });
      using _ = upstream;
      expect(await failureOf(eventsOf(provider, { model: "flux" }))).toEqual([reason, expect.stringMatching(message)]);
    }
  });
});

describe("Pollinations makes for strangers", () => {
  const path = "GET /prompt/A%20red%20fox";

  test("a picture that nobody else is shown, with another seed each time", async () => {
    const { upstream, provider } = open({ [path]: [bytesAnswer("image/jpeg", jpeg)] }, false);
    using _ = upstream;
    for (const settings of [{}, {}, { width: 512, height: 256, seed: 7 }])
      expect(await eventsOf(provider, { model: "sana", settings })).toEqual([
        { type: "media", medium: { kind: "image", source: { bytes: Buffer.from(jpeg) }, mime: "image/jpeg" } },
        { type: "finish", reason: "stop" },
      ]);
    const [first, second, third] = upstream.requests.map(queryOf);
    expect(first).toEqual({ model: "sana", private: "true", seed: expect.stringMatching(/^\d{1,10}$/) });
    expect(first?.["seed"]).not.toBe(second?.["seed"]);
    expect(third).toEqual({ model: "sana", private: "true", width: "512", height: "256", seed: "7" });
    expect(upstream.requests[0]?.headers).not.toHaveProperty("authorization");
  });

  test("none of the pictures that stand for an error", async () => {
    for (const [headers, reason, message] of [
      [
        { "x-error-type": "RateLimit", "x-error-status": "429", "x-error-message": "Queue full for this address" },
        "rate_limited",
        "Pollinations answered 429: Queue full for this address",
      ],
      [{ "x-error-type": "ContentModeration" }, "no_media", "Pollinations made no picture: ContentModeration"],
    ] as const) {
      const { upstream, provider } = open({ [path]: [bytesAnswer("image/jpeg", jpeg, headers)] }, false);
      using _ = upstream;
      expect(await failureOf(eventsOf(provider, { model: "sana" }))).toEqual([reason, message]);
    }
    for (const steps of [bytesAnswer("text/html", jpeg), bytesAnswer("image/jpeg", new Uint8Array())]) {
      const { upstream, provider } = open({ [path]: [steps] }, false);
      using _ = upstream;
      expect((await failureOf(eventsOf(provider, { model: "sana" })))[0]).toBe("no_media");
    }
  });

  test("no half of a picture, and nothing once nobody waits", async () => {
    const head = "HTTP/1.1 200 OK\r\ncontent-type: image/jpeg\r\ncontent-length: 99\r\n\r\n";
    const half: Step[] = [head, jpeg];
    using cut = open({ [path]: [[...half, "close"]] }, false);
    expect((await failureOf(eventsOf(cut.provider, { model: "sana" })))[0]).toBe("upstream_failed");
    using hanging = open({ [path]: [[...half, "hang"]] }, false);
    const controller = new AbortController();
    const making = eventsOf(hanging.provider, { model: "sana" }, called(controller.signal));
    await until(() => (hanging.upstream.requests[0]?.sentBytes ?? 0) > head.length);
    controller.abort(new Error("enough"));
    await expect(making).rejects.toThrow("enough");
    expect(await hanging.upstream.requests[0]?.closed).toBeNumber();
  });

  test("no other address of the host, whatever the prompt", async () => {
    const { upstream, provider } = open({}, false);
    using _ = upstream;
    for (const prompt of ["..", ".", "../models", "a\ud800b"])
      await failureOf(eventsOf(provider, { prompt, model: "sana" }));
    expect(upstream.requests.map((request) => new URL(request.path, "http://h").pathname)).toEqual([
      "/prompt/..%20",
      "/prompt/.%20",
      "/prompt/..%2Fmodels",
      "/prompt/a%EF%BF%BDb",
    ]);
  });

  test("no speech", () => {
    const { upstream, provider } = open({}, false);
    using _ = upstream;
    expect(provider.speak).toBeUndefined();
  });
});

describe("Pollinations tells what its models make", () => {
  test("by its lists", async () => {
    const entry = (name: string, category: string, supported_endpoints?: string[]) => ({
      name,
      category,
      title: name,
      capabilities: [],
      ...(supported_endpoints && { supported_endpoints }),
    });
    const list = answer(200, [
      entry("openai/gpt-image-chat", "text", ["/v1/chat/completions"]),
      entry("dreamer", "image"),
      entry("mover", "video"),
      entry("talker", "audio", ["/audio/{text}", "/v1/audio/speech"]),
      entry("listener", "audio", ["/v1/audio/transcriptions"]),
      entry("sculptor", "3d"),
    ]);
    const { upstream, provider } = open({ "GET /models": [list] });
    using _ = upstream;
    expect(await provider.listModels(called())).toMatchObject([
      { id: "openai/gpt-image-chat" },
      { id: "dreamer", image: true, video: false, audio: false, tools: false },
      { id: "mover", video: true, image: false },
      { id: "talker", audio: true, image: false },
    ]);
    const names = ["openai/gpt-image-chat", "dreamer", "mover", "talker"];
    expect(names.map((name) => provider.makes?.(name))).toEqual([undefined, "image", "video", "audio"]);
    expect(provider.parameters("talker")).toEqual({ model: "talker", voice: "alloy", format: "mp3" });
    expect(provider.parameters("openai/gpt-image-chat")).toHaveProperty("temperature");
    expect(provider.parameters("dreamer")).not.toHaveProperty("temperature");
  });

  test("by their names before, and without a key by the list of pictures too", async () => {
    const { upstream, provider } = open({}, false);
    using _ = upstream;
    const names = ["openai/gpt-5.4-nano", "z-image-turbo", "black-forest-labs/flux.1-schnell", "google/veo-3.1-fast"];
    expect(names.map((name) => provider.makes?.(name))).toEqual([undefined, "image", "image", "video"]);
    expect(
      ["elevenlabs/eleven-v3", "grok-tts", "elevenlabs/eleven-scribe"].map((name) => provider.makes?.(name)),
    ).toEqual(["audio", "audio", undefined]);
    using lists = open({ "GET /models": [answer(200, [{ name: "openai-fast" }, "painter"])] }, false);
    expect(await lists.provider.listModels(called())).toMatchObject([
      { id: "openai-fast", image: false },
      { id: "painter", image: true, tools: false },
    ]);
    expect(lists.provider.makes?.("painter")).toBe("image");
    expect(lists.provider.isPublic).toBe(false);
  });
});
