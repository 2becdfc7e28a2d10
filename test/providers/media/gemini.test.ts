import { describe, expect, test } from "bun:test";
import { gemini, openGemini } from "../../../src/providers/adapters/gemini.ts";
import type { MediaRequest } from "../../../src/providers/media.ts";
import { isChatModel } from "../../../src/providers/model-traits.ts";
import type { Call, ProviderChat, ProviderEvent } from "../../../src/providers/provider.ts";
import { answer, chunked, lastChunk, openUpstream, type Script, type Step } from "../../support/scripted-upstream.ts";
import { until } from "../../support/until.ts";

const limits = { connectMs: 2000, isProxied: false, firstByteMs: 5000, loadMs: 5000, silenceMs: 5000 };
const png = Buffer.from("iVBORw0KGgo=", "base64");
const film = Buffer.from("AAAAIGZ0eXBpc29tAAACAGlzb20=", "base64");

function open(script: Script) {
  const upstream = openUpstream(script);
  const options = { name: "Gemini", baseUrl: `${upstream.origin}/v1beta`, apiKeys: ["test-key-0123"], limits };
  const provider = openGemini(options, { firstMs: 5, mostMs: 20 });
  const sent = () =>
    upstream.requests.map(({ method, path, body }) => [method, path, ...(body ? [JSON.parse(body)] : [])]);
  return { upstream, provider, sent, [Symbol.dispose]: () => upstream[Symbol.dispose]() };
}

const call = (): Call => ({ signal: new AbortController().signal });

async function collect(batches: AsyncIterable<readonly ProviderEvent[]> | undefined) {
  const events: ProviderEvent[] = [];
  for await (const batch of batches ?? []) events.push(...batch);
  return events;
}

const sse = (...messages: unknown[]): Step[] => [
  ...chunked(messages.map((message) => `data: ${JSON.stringify(message)}\r\n\r\n`)),
  lastChunk,
];

const bytes = (type: string, content: Uint8Array, length = content.byteLength): Step[] => [
  `HTTP/1.1 200 OK\r\ncontent-type: ${type}\r\ncontent-length: ${length}\r\n\r\n`,
  content,
];

describe("Gemini draws while it chats:", () => {
  const chat = (model: string, rest: Partial<ProviderChat> = {}): ProviderChat => ({
    model,
    messages: [{ role: "user", content: "Draw a cat" }],
    sampling: {},
    media: {},
    state: undefined,
    extra: {},
    ...rest,
  });
  const candidate = (parts: unknown[], rest = {}) => ({ candidates: [{ content: { parts, role: "model" }, ...rest }] });
  const inline = (data: string, rest = {}) => ({ inlineData: { mimeType: "image/png", data }, ...rest });

  async function draw(messages: unknown[], asked = chat("gemini-nano-banana-2.1")) {
    using it = open(() => sse(...messages));
    return { events: await collect(it.provider.chat?.(asked, call())), sent: it.sent() };
  }

  test("a picture is its bytes, and one that it thinks in is a preview", async () => {
    const { events } = await draw([
      candidate([{ text: "Let me see", thought: true }, inline("AQID", { thought: true })]),
      candidate([{ text: "Here:" }]),
      candidate([inline(png.toString("base64"))], { finishReason: "STOP" }),
    ]);
    expect(events).toEqual([
      { type: "reasoning", token: "Let me see" },
      { type: "preview", medium: { kind: "image", source: { bytes: Buffer.from([1, 2, 3]) }, mime: "image/png" } },
      { type: "content", content: "Here:" },
      { type: "media", medium: { kind: "image", source: { bytes: png }, mime: "image/png" } },
      { type: "finish", reason: "stop" },
    ]);
  });

  test("shape and size go out as the nearest that the model has", async () => {
    const config = async (model: string, media: ProviderChat["media"]) => {
      const { sent } = await draw([candidate([{ text: "x" }], { finishReason: "STOP" })], chat(model, { media }));
      return sent[0]?.[2].generationConfig;
    };
    const modalities = { responseModalities: ["TEXT", "IMAGE"] };
    const cases = [
      [{}, undefined],
      [
        { aspect_ratio: "16:9", resolution: "2k" },
        { aspectRatio: "16:9", imageSize: "2K" },
      ],
      [{ resolution: "1024x1536" }, { aspectRatio: "2:3" }],
      [
        { width: 4096, height: 2304 },
        { aspectRatio: "16:9", imageSize: "4K" },
      ],
      [{ aspect_ratio: "5:1" }, { aspectRatio: "4:1" }],
      [{ aspect_ratio: "auto", resolution: "huge" }, undefined],
    ] as const;
    for (const [media, imageConfig] of cases)
      expect(await config("gemini-nano-banana-2.1", media)).toEqual({
        ...modalities,
        ...(imageConfig && { imageConfig }),
      });
    expect(await config("gemini-3-pro-image", { aspect_ratio: "5:1" })).toMatchObject({
      imageConfig: { aspectRatio: "21:9" },
    });
    expect(await config("gemini-2.0-flash", { aspect_ratio: "1:1" })).toBeUndefined();
  });

  test("pictures that were made before are shown to it, since it signed them in a turn of its own", async () => {
    const url = `data:image/png;base64,${png.toString("base64")}`;
    const picture = { type: "image_url" as const, image_url: { url } };
    const messages = [
      { role: "user" as const, content: "Draw a cat" },
      { role: "assistant" as const, content: [{ type: "text" as const, text: "Here:" }, picture] },
      { role: "user" as const, content: "Make it blue" },
    ];
    const { sent } = await draw(
      [candidate([{ text: "x" }], { finishReason: "STOP" })],
      chat("gemini-3-pro-image", { messages }),
    );
    expect(sent[0]?.slice(0, 2)).toEqual(["POST", "/v1beta/models/gemini-3-pro-image:streamGenerateContent?alt=sse"]);
    expect(sent[0]?.[2].contents).toEqual([
      { role: "user", parts: [{ text: "Draw a cat" }] },
      { role: "model", parts: [{ text: "Here:" }] },
      {
        role: "user",
        parts: [{ inlineData: { mimeType: "image/png", data: png.toString("base64") } }, { text: "Make it blue" }],
      },
    ]);
  });

  test("where nothing came, the error says why", async () => {
    const policy = "Unable to show the generated image. It violated the policy.";
    const cases = [
      [
        { promptFeedback: { blockReason: "PROHIBITED_CONTENT" } },
        "upstream_rejected",
        "Gemini refused: PROHIBITED_CONTENT",
      ],
      [
        candidate([], { finishReason: "IMAGE_SAFETY", finishMessage: policy }),
        "upstream_rejected",
        `Gemini refused: ${policy}`,
      ],
      [
        { candidates: [{ content: {}, finishReason: "NO_IMAGE", index: 0 }] },
        "no_media",
        "Gemini made no picture: NO_IMAGE",
      ],
      [candidate([], { finishReason: "STOP" }), "no_media", "Gemini made no picture: STOP"],
    ] as const;
    for (const [message, reason, text] of cases)
      await expect(draw([message])).rejects.toMatchObject({ reason, message: text });
  });

  test("where words came instead, they are the answer", async () => {
    const reasons = { STOP: "stop", NO_IMAGE: "stop", IMAGE_SAFETY: "content_filter" };
    for (const [finishReason, reason] of Object.entries(reasons))
      expect((await draw([candidate([{ text: "No cat." }], { finishReason })])).events).toEqual([
        { type: "content", content: "No cat." },
        { type: "finish", reason } as ProviderEvent,
      ]);
  });
});

describe("Gemini films by its Interactions:", () => {
  const id = "v1_ChYtOV9I";
  const request = (rest: Partial<MediaRequest> = {}): MediaRequest => ({
    model: "gemini-omni-1.1-flash",
    prompt: "A red lighthouse at dusk",
    inputs: [],
    settings: {},
    extra: {},
    ...rest,
  });
  const going = { id, status: "in_progress", object: "interaction", model: "gemini-omni-1.1-flash" };
  const output = (content: unknown) => ({
    ...going,
    status: "completed",
    usage: { total_tokens: 18127, total_input_tokens: 19, total_output_tokens: 17873, total_thought_tokens: 235 },
    steps: [
      { type: "user_input", content: [{ type: "text", text: "A red lighthouse at dusk" }] },
      { type: "thought", signature: "s" },
      { type: "model_output", content: [content] },
    ],
  });
  const address = "https://generativelanguage.googleapis.com/v1beta/files/ak5xpg0kiews:download?alt=media";
  const made = output({ type: "video", mime_type: "video/mp4", uri: address });
  const medium = { kind: "video" as const, mime: "video/mp4", alt: "A red lighthouse at dusk" };

  /** Answers of the job, one after the other, the last for ever; and its film. */
  function play(states: readonly unknown[], rest: Partial<Record<"file" | "download", () => Step[]>> = {}) {
    let polls = 0;
    return open(({ method, path }) => {
      if (path.endsWith("/cancel")) return answer(200, { ...going, status: "cancelled" });
      if (path.includes(":download")) return rest.download?.() ?? bytes("video/mp4", film);
      if (path.includes("/files/")) return rest.file?.() ?? answer(200, { state: "ACTIVE" });
      if (method === "POST") return answer(200, going);
      return answer(200, states[Math.min(polls++, states.length - 1)]);
    });
  }

  test("the job is ordered, asked after, and its film downloaded with the key", async () => {
    const states = ["PROCESSING", "ACTIVE"];
    using it = play([going, made], { file: () => answer(200, { state: states.shift() }) });
    const settings = { aspect_ratio: "3:4", resolution: "1920x1080", duration: 4.5 };
    const events = await collect(it.provider.generate?.(request({ settings, extra: { top_k: 3 } }), call()));
    expect(events).toEqual([
      { type: "status", status: "in progress" },
      { type: "model", model: "gemini-omni-1.1-flash" },
      {
        type: "usage",
        usage: { prompt_tokens: 19, completion_tokens: 18108, completion_tokens_details: { reasoning_tokens: 235 } },
      },
      { type: "media", medium: { ...medium, source: { bytes: new Uint8Array(film) } } },
      { type: "finish", reason: "stop" },
    ]);
    expect(it.sent()).toEqual([
      [
        "POST",
        "/v1beta/interactions",
        {
          model: "gemini-omni-1.1-flash",
          input: "A red lighthouse at dusk",
          background: true,
          response_format: {
            type: "video",
            delivery: "uri",
            aspect_ratio: "9:16",
            resolution: "1080p",
            duration: "4.5s",
          },
        },
      ],
      ["GET", `/v1beta/interactions/${id}`],
      ["GET", `/v1beta/interactions/${id}`],
      ["GET", "/v1beta/files/ak5xpg0kiews"],
      ["GET", "/v1beta/files/ak5xpg0kiews"],
      ["GET", "/v1beta/files/ak5xpg0kiews:download?alt=media"],
    ]);
    for (const { headers } of it.upstream.requests) expect(headers["x-goog-api-key"]).toBe("test-key-0123");
  });

  test("the film is fetched from where its host sends us, and from no other host", async () => {
    const redirect = (to: string): Step[] => answer(302, "", { location: to });
    const downloads = [redirect("/download/v1beta/files/ak5xpg0kiews?alt=media"), bytes("video/mp4", film)];
    using it = open(({ method, path }) => {
      if (path.includes("download")) return downloads.shift() ?? answer(404, {});
      if (path.includes("/files/")) return answer(200, { state: "ACTIVE" });
      return answer(200, method === "POST" ? going : made);
    });
    const events = await collect(it.provider.generate?.(request(), call()));
    expect(events).toContainEqual({ type: "media", medium: { ...medium, source: { bytes: new Uint8Array(film) } } });
    expect(it.upstream.requests.at(-1)).toMatchObject({
      path: "/download/v1beta/files/ak5xpg0kiews?alt=media",
      headers: { "x-goog-api-key": "test-key-0123" },
    });
    using elsewhere = openUpstream(() => bytes("video/mp4", film));
    using away = play([made], { download: () => redirect(`${elsewhere.origin}/film.mp4`) });
    const failed = await collect(away.provider.generate?.(request(), call())).catch((thrown: Error) => thrown);
    expect(failed).toMatchObject({ message: "Gemini answered 302" });
    expect(elsewhere.requests).toEqual([]);
  });

  test("pictures go along, one to begin with, several to go by", async () => {
    const input = { mime: "image/png", base64: "AQID" };
    const order = async (count: number) => {
      using it = play([made]);
      await collect(it.provider.generate?.(request({ inputs: Array.from({ length: count }, () => input) }), call()));
      return it.sent()[0]?.[2];
    };
    const picture = { type: "image", data: "AQID", mime_type: "image/png" };
    const words = { type: "text", text: "A red lighthouse at dusk" };
    const task = (name: string) => ({ generation_config: { video_config: { task: name } } });
    expect(await order(1)).toMatchObject({ input: [picture, words], ...task("image_to_video") });
    expect(await order(2)).toMatchObject({ input: [picture, picture, words], ...task("reference_to_video") });
  });

  test("a film inside the answer is taken as it is, and an address of others is handed on", async () => {
    const elsewhere = "https://media.example/film.mp4";
    const cases = [
      [{ data: film.toString("base64") }, { bytes: film }],
      [{ uri: elsewhere }, { url: elsewhere }],
    ] as const;
    for (const [content, source] of cases) {
      using it = play([output({ type: "video", mime_type: "video/mp4", ...content })]);
      const events = await collect(it.provider.generate?.(request(), call()));
      expect(events).toContainEqual({ type: "media", medium: { ...medium, source } });
      expect(it.sent()).toHaveLength(2);
    }
  });

  test("a refusal is the vendor's sentence, and a failure its reason", async () => {
    const cases = [
      [
        output({ type: "text", text: "I cannot film this person." }),
        "upstream_rejected",
        "Gemini refused: I cannot film this person.",
      ],
      [
        { ...going, status: "failed", error: { message: "Internal error.", code: "internal" } },
        "no_media",
        "Gemini made no film: Internal error.",
      ],
      [{ ...going, status: "budget_exceeded" }, "no_media", "Gemini made no film: it stopped with budget_exceeded"],
      [{ ...going, status: "completed" }, "no_media", "Gemini made no film: it gave no reason"],
    ] as const;
    for (const [state, reason, message] of cases) {
      using it = play([going, state]);
      expect(await collect(it.provider.generate?.(request(), call())).catch((thrown) => thrown)).toMatchObject({
        reason,
        message,
      });
      // What is over cannot be cancelled.
      await Bun.sleep(20);
      expect(it.sent().some(([, path]) => path.endsWith("/cancel"))).toBe(false);
    }
    using failing = play([made], { file: () => answer(200, { state: "FAILED", error: { message: "Too dark" } }) });
    await expect(collect(failing.provider.generate?.(request(), call()))).rejects.toMatchObject({
      reason: "no_media",
      message: "Gemini made no film: Too dark",
    });
  });

  test("an order that is refused is a refusal", async () => {
    const said = "The value '1:7' is not supported for 'response_format.aspect_ratio'.";
    using it = open(() => answer(400, { error: { message: said, code: "invalid_request" } }));
    expect(await collect(it.provider.generate?.(request(), call())).catch((thrown) => thrown)).toMatchObject({
      reason: "upstream_rejected",
      message: `Gemini answered 400: ${said}`,
    });
    using odd = open(() => answer(200, { status: "in_progress" }));
    await expect(collect(odd.provider.generate?.(request(), call()))).rejects.toMatchObject({
      reason: "upstream_failed",
    });
  });

  test("an answer or two that fail do not end a job, a third does, and it is cancelled", async () => {
    const failing = (times: number) => {
      let polls = 0;
      return open(({ method, path }) => {
        if (path.includes(":download")) return bytes("video/mp4", film);
        if (method === "POST") return answer(200, going);
        if (path.includes("/files/")) return answer(404, { error: { message: "no such file" } });
        return polls++ < times ? answer(503, { error: { message: "busy" } }) : answer(200, made);
      });
    };
    using two = failing(2);
    expect(await collect(two.provider.generate?.(request(), call()))).toContainEqual({
      type: "finish",
      reason: "stop",
    });
    using three = failing(3);
    expect(await collect(three.provider.generate?.(request(), call())).catch((thrown) => thrown)).toMatchObject({
      reason: "upstream_failed",
    });
    await until(() => three.sent().at(-1)?.[1] === `/v1beta/interactions/${id}/cancel`);
  });

  test("who cancels ends the job at the vendor, and waits for nothing", async () => {
    using it = play([going]);
    const controller = new AbortController();
    const reason = new Error("enough");
    const run = collect(it.provider.generate?.(request(), { signal: controller.signal, apiKey: "own-key-4567" }));
    await until(() => it.sent().length >= 3);
    controller.abort(reason);
    const since = performance.now();
    expect(await run.catch((thrown) => thrown)).toBe(reason);
    expect(performance.now() - since).toBeLessThan(100);
    await until(() => it.sent().at(-1)?.[1] === `/v1beta/interactions/${id}/cancel`);
    expect(it.upstream.requests.at(-1)).toMatchObject({
      method: "POST",
      body: "",
      headers: expect.objectContaining({ "x-goog-api-key": "own-key-4567", "content-length": "0" }),
    });
  });

  test("who stops reading ends the job too", async () => {
    using it = play([going]);
    for await (const _ of it.provider.generate?.(request(), call()) ?? []) break;
    await until(() => it.sent().at(-1)?.[1] === `/v1beta/interactions/${id}/cancel`);
  });

  test("a film that is cut off is no film", async () => {
    using it = play([made], { download: () => [...bytes("video/mp4", film, 10_000), "close"] });
    const events: ProviderEvent[] = [];
    const run = async () => {
      for await (const batch of it.provider.generate?.(request(), call()) ?? []) events.push(...batch);
    };
    expect(await run().catch((thrown) => thrown)).toMatchObject({ reason: "upstream_failed" });
    expect(events.some(({ type }) => type === "media" || type === "finish")).toBe(false);
  });
});

describe("Gemini films by Veo:", () => {
  const model = "veo-3.1-generate-preview";
  const name = `models/${model}/operations/abc123`;
  const play = (done: object) =>
    open(({ method, path }) => {
      if (path.includes(":download")) return bytes("video/mp4", film);
      return answer(200, method === "POST" ? { name } : { name, done: true, ...done });
    });
  const request = (rest: Partial<MediaRequest> = {}): MediaRequest => ({
    model,
    prompt: "Waves",
    inputs: [],
    settings: {},
    extra: {},
    ...rest,
  });
  const uri = "https://generativelanguage.googleapis.com/v1beta/files/xyz:download?alt=media";
  const response = { generateVideoResponse: { generatedSamples: [{ video: { uri } }] } };

  test("the operation is ordered, asked after, and its film downloaded", async () => {
    using it = play({ response });
    const settings = { aspect_ratio: "9:16", resolution: "720p", duration: 5, negative_prompt: "people" };
    const inputs = [{ mime: "image/png", base64: "AQID" }];
    const events = await collect(it.provider.generate?.(request({ settings, inputs }), call()));
    expect(events).toEqual([
      { type: "status", status: "in progress" },
      {
        type: "media",
        medium: { kind: "video", source: { bytes: new Uint8Array(film) }, mime: "video/mp4", alt: "Waves" },
      },
      { type: "finish", reason: "stop" },
    ]);
    const image = { bytesBase64Encoded: "AQID", mimeType: "image/png" };
    expect(it.sent()).toEqual([
      [
        "POST",
        `/v1beta/models/${model}:predictLongRunning`,
        {
          instances: [{ prompt: "Waves", image }],
          parameters: { aspectRatio: "9:16", resolution: "720p", durationSeconds: 6, negativePrompt: "people" },
        },
      ],
      ["GET", `/v1beta/${name}`],
      ["GET", "/v1beta/files/xyz"],
      ["GET", "/v1beta/files/xyz:download?alt=media"],
    ]);
  });

  test("several pictures are what to go by, and nothing asked is nothing sent", async () => {
    using it = play({ response });
    const inputs = ["AQID", "BAUG"].map((base64) => ({ mime: "image/png", base64 }));
    await collect(it.provider.generate?.(request({ inputs }), call()));
    const looks = inputs.map(({ mime, base64 }) => ({
      image: { bytesBase64Encoded: base64, mimeType: mime },
      referenceType: "asset",
    }));
    expect(it.sent()[0]?.[2]).toEqual({ instances: [{ prompt: "Waves", referenceImages: looks }] });
  });

  test("a film that was filtered out is a refusal, and so is what it will not make", async () => {
    const filtered = {
      generateVideoResponse: { raiMediaFilteredCount: 1, raiMediaFilteredReasons: ["We filtered it."] },
    };
    const cases = [
      [{ response: filtered }, "upstream_rejected", "Gemini refused: We filtered it."],
      [{ error: { code: 3, message: "Bad image." } }, "upstream_rejected", "Gemini refused: Bad image."],
      [{ error: { code: 13, message: "Internal." } }, "no_media", "Gemini made no film: Internal."],
      [{ response: {} }, "no_media", "Gemini made no film: it gave no reason"],
    ] as const;
    for (const [done, reason, message] of cases) {
      using it = play(done);
      expect(await collect(it.provider.generate?.(request(), call())).catch((thrown) => thrown)).toMatchObject({
        reason,
        message,
      });
    }
  });
});

describe("Gemini speaks:", () => {
  const sound = (data: Uint8Array, mimeType = "audio/L16;codec=pcm;rate=24000", rest = {}) => ({
    candidates: [
      { content: { parts: [{ inlineData: { mimeType, data: Buffer.from(data).toString("base64") } }] }, ...rest },
    ],
  });
  const end = { candidates: [{ finishReason: "STOP" }] };
  const pcm = [new Uint8Array([1, 2, 3, 4]), new Uint8Array([5, 6])];

  async function say(steps: Step[], rest = {}) {
    using it = open(() => steps);
    const speech = await it.provider.speak?.({ model: "gemini-3.8-flash-tts", text: "Hello there", ...rest }, call());
    const pieces: Uint8Array[] = [];
    for await (const piece of speech?.bytes ?? []) pieces.push(piece);
    return { mime: speech?.mime, pieces, sent: it.sent() };
  }

  test("samples become a WAV file as they come", async () => {
    const { mime, pieces, sent } = await say(sse(...pcm.map((piece) => sound(piece)), end));
    expect(mime).toBe("audio/wav");
    const [head, ...rest] = pieces.map((piece) => Buffer.from(piece));
    expect(head?.toString("hex")).toBe(
      "52494646ffffffff57415645666d74201000000001000100c05d000080bb00000200100064617461ffffffff",
    );
    expect(Buffer.concat(rest)).toEqual(Buffer.concat(pcm));
    expect(sent).toEqual([
      [
        "POST",
        "/v1beta/models/gemini-3.8-flash-tts:streamGenerateContent?alt=sse",
        {
          contents: [{ role: "user", parts: [{ text: "Hello there" }] }],
          generationConfig: {
            responseModalities: ["AUDIO"],
            speechConfig: { voiceConfig: { prebuiltVoiceConfig: { voiceName: "Kore" } } },
          },
        },
      ],
    ]);
  });

  test("the first sound is there before the last is spoken", async () => {
    const steps = chunked([`data: ${JSON.stringify(sound(pcm[0] ?? new Uint8Array()))}\r\n\r\n`]);
    using it = open(() => [...steps, "hang"]);
    const speech = await it.provider.speak?.({ model: "gemini-3.8-flash-tts", text: "Hello" }, call());
    const iterator = speech?.bytes[Symbol.asyncIterator]();
    expect((await iterator?.next())?.value).toHaveLength(44);
    expect((await iterator?.next())?.value).toEqual(Buffer.from([1, 2, 3, 4]));
    await iterator?.return?.();
    await it.upstream.requests[0]?.closed;
  });

  test("rate and channels are those that the vendor tells, samples go bare to who wants them, a WAV file stays one", async () => {
    const told = await say(sse(sound(new Uint8Array([1, 2]), "audio/l16; rate=16000; channels=2"), end));
    const view = new DataView(Buffer.from(told.pieces[0] ?? []).buffer.slice(0));
    expect([view.getUint16(22, true), view.getUint32(24, true), view.getUint32(28, true)]).toEqual([2, 16000, 64000]);
    const bare = await say(sse(sound(new Uint8Array([1, 2])), end), { format: "pcm" });
    expect([bare.mime, Buffer.concat(bare.pieces)]).toEqual(["audio/L16;codec=pcm;rate=24000", Buffer.from([1, 2])]);
    const whole = await say(sse(sound(Buffer.from("RIFF"), "audio/wav"), end), { format: "mp3" });
    expect([whole.mime, Buffer.concat(whole.pieces).toString()]).toEqual(["audio/wav", "RIFF"]);
  });

  test("voices go out by name, those of one's own by id", async () => {
    const voice = async (name: string) =>
      (await say(sse(sound(new Uint8Array([1, 2])), end), { voice: name })).sent[0]?.[2];
    expect((await voice("Puck")).generationConfig.speechConfig).toEqual({
      voiceConfig: { prebuiltVoiceConfig: { voiceName: "Puck" } },
    });
    expect((await voice("voice_abc")).generationConfig.speechConfig).toEqual({ voiceConfig: { voice: "voice_abc" } });
  });

  test("what is refused refuses, before there is any sound", async () => {
    await expect(say(answer(400, { error: { message: "No matching speaker voice found" } }))).rejects.toMatchObject({
      reason: "upstream_rejected",
      message: "Gemini answered 400: No matching speaker voice found",
    });
    await expect(say(sse({ promptFeedback: { blockReason: "PROHIBITED_CONTENT" } }))).rejects.toMatchObject({
      reason: "upstream_rejected",
      message: "Gemini refused: PROHIBITED_CONTENT",
    });
    await expect(say(sse({ candidates: [{ finishReason: "OTHER" }] }))).rejects.toMatchObject({
      reason: "no_media",
      message: "Gemini made no sound: OTHER",
    });
  });

  test("what is cut off breaks", async () => {
    const [head = "", first = ""] = sse(sound(pcm[0] ?? new Uint8Array()));
    await expect(say([head, first, "close"])).rejects.toMatchObject({ reason: "upstream_failed" });
  });
});

describe("Gemini writes down what it hears:", () => {
  const wav = Buffer.concat([Buffer.from("RIFF\x24\x00\x00\x00WAVEfmt "), Buffer.alloc(28)]);
  const request = { model: "gemini-3.5-transcribe", sound: wav, fileName: "a.wav" };
  const recording = { inlineData: { mimeType: "audio/wav", data: wav.toString("base64") } };

  async function hear(document: unknown, rest = {}) {
    using it = open(() => answer(200, document));
    const transcript = await it.provider.transcribe?.({ ...request, ...rest }, call());
    return { transcript, sent: it.sent()[0] };
  }
  const said = (...parts: unknown[]) => ({ candidates: [{ content: { parts, role: "model" }, finishReason: "STOP" }] });

  test("a model for this is asked for it, a model that chats is told to", async () => {
    const turn = (text: string) => ({ text, audioTranscription: { text, words: [] } });
    const listener = await hear(said(turn("Hello there."), turn("Good day.")), { language: "en" });
    expect(listener.transcript).toEqual({ text: "Hello there. Good day." });
    expect(listener.sent).toEqual([
      "POST",
      "/v1beta/models/gemini-3.5-transcribe:generateContent",
      {
        contents: [{ role: "user", parts: [recording] }],
        generationConfig: { audioTranscriptionConfig: { wordTimestamp: true, languageCodes: ["en"] } },
      },
    ]);
    const chat = await hear(said({ text: "Hm.", thought: true }, { text: "Hello " }, { text: "there.\n" }), {
      model: "gemini-3.5-flash",
      language: "en",
      prompt: "Parley",
    });
    expect(chat.transcript).toEqual({ text: "Hello there." });
    expect(chat.sent?.[2].contents[0].parts[1].text).toBe(
      "Write down what is said in this recording, word for word, in the language that is spoken. Answer with these words alone.\nThe language is en.\nWhat may help to understand it: Parley",
    );
  });

  test("the type is what the bytes are, else what the name says", async () => {
    const type = async (sound: Uint8Array, fileName: string) =>
      (await hear(said({ text: "x" }), { sound, fileName })).sent?.[2].contents[0].parts[0].inlineData.mimeType;
    expect(await type(Buffer.concat([Buffer.from([0xff, 0xfb, 0x90, 0x64]), Buffer.alloc(1000)]), "a.wav")).toBe(
      "audio/mp3",
    );
    expect(await type(Buffer.from("unknown"), "a.OGG")).toBe("audio/ogg");
  });

  test("silence is no words, and a refusal is none", async () => {
    expect((await hear(said())).transcript).toEqual({ text: "" });
    await expect(hear({ promptFeedback: { blockReason: "SAFETY" } })).rejects.toMatchObject({
      reason: "upstream_rejected",
      message: "Gemini refused: SAFETY",
    });
    await expect(hear({ candidates: [{ finishReason: "OTHER" }] })).rejects.toMatchObject({ reason: "no_media" });
  });
});

describe("Gemini embeds:", () => {
  const model = "gemini-embedding-2";

  test("texts in order, a hundred at a time, as vectors of length 1", async () => {
    using it = open(({ body }) =>
      answer(200, {
        embeddings: JSON.parse(body).requests.map((_: unknown, index: number) => ({
          values: [3, index === 0 ? 4 : 0],
        })),
        usageMetadata: { promptTokenCount: 7 },
      }),
    );
    const texts = Array.from({ length: 101 }, (_, index) => `text ${index}`);
    const found = await it.provider.embed?.({ model, texts, dimensions: 2 }, call());
    expect(found?.promptTokens).toBe(14);
    expect(found?.vectors).toHaveLength(101);
    expect([found?.vectors[0], found?.vectors[1], found?.vectors[100]]).toEqual([
      [0.6, 0.8],
      [1, 0],
      [0.6, 0.8],
    ]);
    expect(it.sent().map(([, path, body]) => [path, body.requests.length])).toEqual([
      [`/v1beta/models/${model}:batchEmbedContents`, 100],
      [`/v1beta/models/${model}:batchEmbedContents`, 1],
    ]);
    expect(it.sent()[1]?.[2]).toEqual({
      requests: [{ model: `models/${model}`, content: { parts: [{ text: "text 100" }] }, outputDimensionality: 2 }],
    });
  });

  test("fewer vectors than texts are a failure", async () => {
    using it = open(() => answer(200, { embeddings: [{ values: [1] }] }));
    expect(await it.provider.embed?.({ model, texts: ["a", "b"] }, call()).catch((thrown) => thrown)).toMatchObject({
      reason: "upstream_failed",
      message: "Gemini sent 1 vectors for 2 texts",
    });
  });
});

test("Gemini's list says what each model makes, and only those that chat can be the default", async () => {
  const listed = [
    ["gemini-3.8-flash", ["generateContent"], { image: false, video: false, audio: false, tools: true }, true],
    ["gemini-nano-banana-2.1", ["generateContent"], { image: true, vision: true, tools: false }, true],
    ["gemini-3-pro-image", ["generateContent"], { image: true, tools: false }, true],
    ["gemini-omni-1.1-flash", ["generateContent"], { video: true, tools: false }, false],
    ["veo-3.1-generate-preview", ["predictLongRunning"], { video: true }, false],
    ["gemini-3.8-flash-tts", ["generateContent"], { audio: true, tools: false }, false],
    ["gemini-3.5-transcribe", ["generateContent"], { audio: true }, false],
    ["gemini-embedding-2", ["embedContent"], {}, false],
  ] as const;
  const models = listed.map(([id, supportedGenerationMethods]) => ({
    name: `models/${id}`,
    supportedGenerationMethods,
  }));
  using it = open(() =>
    answer(200, { models: [...models, { name: "models/aqa", supportedGenerationMethods: ["generateAnswer"] }] }),
  );
  const found = await it.provider.listModels(call());
  expect(found.map(({ id }) => id)).toEqual(listed.map(([id]) => id));
  expect(found).toMatchObject(listed.map(([, , traits]) => traits));
  expect(found.map((model) => isChatModel(model))).toEqual(listed.map(([, , , chats]) => chats));
});

test("Gemini names what a model takes: of media alone, or of chat", () => {
  const provider = gemini.open({ name: "Gemini", limits });
  const names = (model: string) => Object.keys(provider.parameters(model)).sort();
  expect(names("gemini-omni-1.1-flash")).toEqual([
    "aspect_ratio",
    "duration",
    "height",
    "model",
    "resolution",
    "width",
  ]);
  expect(names("veo-3.1-generate-preview")).toContain("negative_prompt");
  expect(names("gemini-3.8-flash-tts")).toEqual(["format", "model", "voice"]);
  expect(names("gemini-3-pro-image")).toEqual(expect.arrayContaining(["aspect_ratio", "resolution", "temperature"]));
  expect(names("gemini-3-pro-image")).not.toContain("tools");
  expect(names("gemini-3.8-flash")).not.toContain("aspect_ratio");
  const kinds = [
    "gemini-omni-1.1-flash",
    "veo-3.1-generate-preview",
    "gemini-3.8-flash-tts",
    "gemini-3-pro-image",
    "gemini-3.8-flash",
  ];
  expect(kinds.map((model) => provider.makes?.(model))).toEqual(["video", "video", "audio", undefined, undefined]);
});
