import { describe, expect, test } from "bun:test";
import { elevenlabs } from "../../../src/providers/adapters/elevenlabs.ts";
import type { SpeechRequest } from "../../../src/providers/media.ts";
import { answer, chunked, lastChunk, openUpstream, toChunk } from "../../support/scripted-upstream.ts";
import { allOf, byPath, bytesAnswer, called, failureOf, openAt } from "./asked.ts";

const george = "JBFqnCBsd6RMkjVDRZzb";
const roger = "CwhRBWXzGAHq8TQ4Fs17";
const voices = answer(200, {
  voices: [
    { voice_id: george, name: "George", category: "premade" },
    { voice_id: roger, name: "Roger - Laid-Back, Casual, Resonant", category: "premade" },
  ],
});
const sound = new Uint8Array([0x49, 0x44, 0x33, 0xff, 0x00]);
const spoken = [...chunked([sound.subarray(0, 2)], "audio/mpeg"), toChunk(sound.subarray(2)), lastChunk];

const speech = (request: Partial<SpeechRequest> = {}): SpeechRequest => ({
  model: "eleven_multilingual_v2",
  text: "The first move is what sets everything in motion.",
  ...request,
});

function open(answers: Parameters<typeof byPath>[0]) {
  const upstream = openUpstream(byPath({ "GET /v1/voices": [voices], ...answers }));
  return {
    upstream,
    provider: openAt(elevenlabs, upstream.origin),
    [Symbol.dispose]: () => upstream[Symbol.dispose](),
  };
}

describe("ElevenLabs speaks", () => {
  test("with a voice by its id, in pieces as they come", async () => {
    const { upstream, provider } = open({ [`POST /v1/text-to-speech/${george}/stream`]: [spoken] });
    using _ = upstream;
    const made = await provider.speak?.(speech({ voice: george }), called());
    expect(made?.mime).toBe("audio/mpeg");
    expect(await allOf(made?.bytes)).toEqual(sound);
    const [request] = upstream.requests;
    expect(upstream.requests).toHaveLength(1);
    expect(request?.path).toBe(`/v1/text-to-speech/${george}/stream?output_format=mp3_44100_128`);
    expect(request?.headers["xi-api-key"]).toBe("test-key-0123");
    expect(request?.headers).not.toHaveProperty("authorization");
    expect(JSON.parse(request?.body ?? "")).toEqual({
      text: "The first move is what sets everything in motion.",
      model_id: "eleven_multilingual_v2",
    });
  });

  test("with a voice by its name, or the first of the account", async () => {
    for (const [voice, id] of [
      ["george", george],
      ["Roger", roger],
      ["Roger - Laid-Back, Casual, Resonant", roger],
      [undefined, george],
    ] as const) {
      const { upstream, provider } = open({ [`POST /v1/text-to-speech/${id}/stream`]: [spoken] });
      using _ = upstream;
      const made = await provider.speak?.(speech(voice === undefined ? {} : { voice }), called());
      expect(await allOf(made?.bytes)).toEqual(sound);
      expect(upstream.requests[0]?.path).toBe("/v1/voices");
    }
  });

  test("in the format and at the speed that were asked for, as far as it can", async () => {
    const wav = `POST /v1/text-to-speech/${george}`;
    for (const [format, path, told, mime] of [
      ["wav", wav, "audio/wav", "audio/wav"],
      ["pcm", `${wav}/stream`, "application/octet-stream", "audio/pcm"],
      ["opus", `${wav}/stream`, "audio/ogg", "audio/ogg"],
    ] as const) {
      const { upstream, provider } = open({ [path]: [bytesAnswer(told, sound)] });
      using _ = upstream;
      const made = await provider.speak?.(speech({ voice: george, format, speed: 3 }), called());
      expect([made?.mime, await allOf(made?.bytes)]).toEqual([mime, sound]);
      expect(JSON.parse(upstream.requests[0]?.body ?? "").voice_settings).toEqual({ speed: 1.2 });
      expect(upstream.requests[0]?.path).toMatch(/output_format=(wav_24000|pcm_24000|opus_48000_128)$/);
    }
    const { upstream, provider } = open({});
    using _ = upstream;
    expect(await failureOf(provider.speak?.(speech({ format: "flac" }), called()))).toEqual([
      "upstream_rejected",
      "ElevenLabs makes no flac; it makes mp3, opus, wav, pcm",
    ]);
  });

  test("with no voice that the account has not", async () => {
    const { upstream, provider } = open({});
    using _ = upstream;
    expect(await failureOf(provider.speak?.(speech({ voice: "Georg" }), called()))).toEqual([
      "upstream_rejected",
      'ElevenLabs has no voice "Georg" for this account; did you mean George?',
    ]);
    expect((await failureOf(provider.speak?.(speech({ voice: "../../user" }), called())))[1]).toBe(
      'ElevenLabs has no voice "../../user" for this account; it has George, Roger',
    );
    using none = open({ "GET /v1/voices": [answer(200, { voices: [] })] });
    expect((await failureOf(none.provider.speak?.(speech(), called())))[1]).toBe(
      "ElevenLabs has no voice at all for this account",
    );
  });

  test("or says why not, before any sound", async () => {
    for (const [status, word, message, reason] of [
      [401, "invalid_api_key", "Invalid API key", "missing_auth"],
      [401, "quota_exceeded", "This request exceeds your quota.", "payment_required"],
      [400, "max_character_limit_exceeded", "This request's text has 627 characters.", "context_exceeded"],
      [404, "voice_not_found", "A voice with the voice_id was not found.", "upstream_rejected"],
      [429, "too_many_concurrent_requests", "Too many concurrent requests.", "rate_limited"],
    ] as const) {
      const path = `POST /v1/text-to-speech/${george}/stream`;
      const { upstream, provider } = open({ [path]: [answer(status, { detail: { status: word, message } })] });
      using _ = upstream;
      const [code, told] = await failureOf(provider.speak?.(speech({ voice: george }), called()));
      expect([code, told]).toEqual([
        reason,
        expect.stringContaining(`ElevenLabs answered ${status}: ${message}`.replace(/\.$/, "")),
      ]);
    }
  });

  test("and fails where the sound breaks off, or where there is none", async () => {
    const path = `POST /v1/text-to-speech/${george}/stream`;
    using broken = open({ [path]: [[...chunked([sound], "audio/mpeg"), { waitMs: 50 }, "close"]] });
    const made = await broken.provider.speak?.(speech({ voice: george }), called());
    expect((await failureOf(allOf(made?.bytes)))[0]).toBe("upstream_failed");
    using empty = open({ [path]: [bytesAnswer("audio/mpeg", new Uint8Array())] });
    expect(await failureOf(empty.provider.speak?.(speech({ voice: george }), called()))).toEqual([
      "no_media",
      "ElevenLabs made no sound: its answer was empty",
    ]);
  });

  test("until nobody listens", async () => {
    const path = `POST /v1/text-to-speech/${george}/stream`;
    const { upstream, provider } = open({ [path]: [[...chunked([sound], "audio/mpeg"), "hang"]] });
    using _ = upstream;
    const controller = new AbortController();
    const made = await provider.speak?.(speech({ voice: george }), called(controller.signal));
    setTimeout(() => controller.abort(new Error("enough")), 20);
    await expect(allOf(made?.bytes)).rejects.toThrow("enough");
    expect(await upstream.requests[0]?.closed).toBeNumber();
  });
});

describe("ElevenLabs writes down", () => {
  const words = [{ text: "Hi.", start: 0.1, end: 1.5, type: "word" }];

  test("a recording, sent as a form", async () => {
    const told = { language_code: "en", language_probability: 0.98, text: "Hi.", words, audio_duration_secs: 2.5 };
    const { upstream, provider } = open({ "POST /v1/speech-to-text": [answer(200, told)] });
    using _ = upstream;
    const request = { model: "scribe_v2", sound: new TextEncoder().encode("SOUND"), fileName: "a.mp3", language: "en" };
    expect(await provider.transcribe?.(request, called())).toEqual({ text: "Hi.", language: "en", duration: 2.5 });
    const { body = "", headers } = upstream.requests[0] ?? {};
    const boundary = headers?.["content-type"]?.split("boundary=")[1] ?? "?";
    const parts = body.split(`--${boundary}`).slice(1, -1);
    expect(parts.map((part) => part.trim().split("\r\n\r\n"))).toEqual([
      ['Content-Disposition: form-data; name="model_id"', "scribe_v2"],
      [expect.stringContaining('Content-Disposition: form-data; name="file"; filename="a.mp3"'), "SOUND"],
      ['Content-Disposition: form-data; name="language_code"', "en"],
    ]);
  });

  test("a recording whose length only its last word tells", async () => {
    const { upstream, provider } = open({ "POST /v1/speech-to-text": [answer(200, { text: "Hi.", words })] });
    using _ = upstream;
    const request = { model: "scribe_v2", sound, fileName: "a.mp3" };
    expect(await provider.transcribe?.(request, called())).toEqual({ text: "Hi.", duration: 1.5 });
    expect(upstream.requests[0]?.body).not.toContain("language_code");
  });
});

describe("ElevenLabs tells", () => {
  test("its models, those that listen too, and what each takes", async () => {
    const listed = [
      { model_id: "eleven_multilingual_v2", name: "Eleven Multilingual v2", can_do_text_to_speech: true },
      { model_id: "eleven_english_sts_v2", name: "Eleven English v2", can_do_text_to_speech: false },
    ];
    const { upstream, provider } = open({ "GET /v1/models": [answer(200, listed)] });
    using _ = upstream;
    expect(await provider.listModels(called())).toMatchObject([
      { id: "eleven_multilingual_v2", label: "Eleven Multilingual v2", audio: true, vision: false, tools: false },
      { id: "scribe_v2", audio: true },
    ]);
    expect([provider.makes?.("eleven_v3"), provider.makes?.("scribe_v2")]).toEqual(["audio", undefined]);
    expect(provider.parameters("eleven_v3")).toEqual({ model: "eleven_v3", voice: "George", format: "mp3", speed: 1 });
    expect(provider.parameters("scribe_v2")).toEqual({ model: "scribe_v2" });
    expect(provider.chat).toBeUndefined();
  });

  test("how many characters are left, and until when", async () => {
    const told = {
      tier: "creator",
      character_count: 17231,
      character_limit: 100000,
      next_character_count_reset_unix: 1738356858,
    };
    const { upstream, provider } = open({ "GET /v1/user/subscription": [answer(200, told)] });
    using _ = upstream;
    expect(await provider.quota?.(called())).toEqual({
      unit: "characters",
      remaining: 82769,
      used: 17231,
      limit: 100000,
      resets_at: "2025-01-31T20:54:18.000Z",
    });
    using odd = open({ "GET /v1/user/subscription": [answer(200, { next_character_count_reset_unix: null })] });
    expect(await odd.provider.quota?.(called())).toMatchObject({ remaining: null, resets_at: null });
  });
});
