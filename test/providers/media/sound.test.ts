import { describe, expect, test } from "bun:test";
import { deepinfra } from "../../../src/providers/adapters/deepinfra.ts";
import { groq } from "../../../src/providers/adapters/groq.ts";
import { mistral } from "../../../src/providers/adapters/mistral.ts";
import { openai } from "../../../src/providers/adapters/openai.ts";
import type { SpeechRequest, TranscriptionRequest } from "../../../src/providers/media.ts";
import type { Adapter } from "../../../src/providers/provider.ts";
import { binary, bytesOf, callOf, formOf, openWith } from "../../support/media.ts";
import { answer, chunked, lastChunk, type Step } from "../../support/scripted-upstream.ts";

async function spoken(
  adapter: Adapter,
  request: SpeechRequest,
  script: readonly Step[] = binary("sound", "audio/mpeg"),
) {
  using it = openWith(adapter, () => script);
  const speech = await it.provider.speak?.(request, callOf());
  const bytes = Buffer.concat(await Array.fromAsync(speech?.bytes ?? []));
  const [sent] = it.upstream.requests;
  return { mime: speech?.mime, text: bytes.toString(), path: sent?.path, body: JSON.parse(sent?.body ?? "null") };
}

describe("speech", () => {
  test("of OpenAI comes in pieces, in the usual voice and format or in others", async () => {
    const pieces = [...chunked(["so", "und"], "audio/mpeg"), lastChunk];
    expect(await spoken(openai, { model: "gpt-4o-mini-tts", text: "Hello" }, pieces)).toEqual({
      mime: "audio/mpeg",
      text: "sound",
      path: "/audio/speech",
      body: { model: "gpt-4o-mini-tts", input: "Hello", voice: "alloy", response_format: "mp3" },
    });
    const asked = { model: "tts-1", text: "Hello", voice: "nova", format: "flac", speed: 1.5 };
    expect(await spoken(openai, asked)).toMatchObject({
      mime: "audio/flac",
      body: { voice: "nova", response_format: "flac", speed: 1.5 },
    });
  });

  test("of Groq and DeepInfra has their own voices and formats", async () => {
    expect((await spoken(groq, { model: "canopylabs/orpheus-v1-english", text: "Hi", speed: 2 })).body).toEqual({
      model: "canopylabs/orpheus-v1-english",
      input: "Hi",
      voice: "hannah",
      response_format: "wav",
    });
    expect((await spoken(deepinfra, { model: "hexgrad/Kokoro-82M", text: "Hi" })).body).toEqual({
      model: "hexgrad/Kokoro-82M",
      input: "Hi",
      voice: "af_bella",
      response_format: "mp3",
    });
    await expect(
      spoken(groq, { model: "canopylabs/orpheus-v1-english", text: "Hi", format: "mp3" }),
    ).rejects.toMatchObject({
      reason: "upstream_rejected",
      message: "Groq speaks in wav, not in mp3",
    });
  });

  test("that is refused, or silent, fails before anything is played; what breaks off, while it is", async () => {
    const asked = { model: "tts-1", text: "Hello" };
    const error = { message: "Invalid voice.", type: "invalid_request_error", param: "voice", code: null };
    await expect(spoken(openai, asked, answer(400, { error }))).rejects.toMatchObject({
      reason: "upstream_rejected",
      message: "OpenAI answered 400: Invalid voice.",
    });
    await expect(spoken(openai, asked, binary("", "audio/mpeg"))).rejects.toMatchObject({ reason: "no_media" });
    using it = openWith(openai, () => [...chunked(["so"], "audio/mpeg"), { waitMs: 20 }, "reset"]);
    const speech = await it.provider.speak?.(asked, callOf());
    await expect(Array.fromAsync(speech?.bytes ?? [])).rejects.toMatchObject({ reason: "upstream_failed" });
  });

  test("that nobody listens to any more is not fetched to its end", async () => {
    using it = openWith(openai, () => [...chunked(["so"], "audio/mpeg"), "hang"]);
    const speech = await it.provider.speak?.({ model: "tts-1", text: "Hello" }, callOf());
    for await (const piece of speech?.bytes ?? []) {
      expect(Buffer.from(piece).toString()).toBe("so");
      break;
    }
    expect(await it.upstream.requests[0]?.closed).toBeNumber();
  });

  test("is what models that speak are for, and their settings are those of speech alone", () => {
    using it = openWith(openai, () => []);
    expect(it.provider.makes?.("gpt-4o-mini-tts")).toBe("audio");
    expect(it.provider.parameters("tts-1")).toEqual({ model: "tts-1", voice: "alloy", format: "mp3", speed: 1 });
    using spoken = openWith(groq, () => []);
    expect(spoken.provider.makes?.("canopylabs/orpheus-arabic-saudi")).toBe("audio");
    expect(spoken.provider.parameters("canopylabs/orpheus-arabic-saudi")).not.toHaveProperty("speed");
    expect(spoken.provider.generate).toBeUndefined();
  });
});

describe("a recording", () => {
  const recording = (model: string, more: Partial<TranscriptionRequest> = {}): TranscriptionRequest => ({
    model,
    sound: bytesOf("sound"),
    fileName: "speech.mp3",
    ...more,
  });

  async function written(adapter: Adapter, request: TranscriptionRequest, body: unknown) {
    using it = openWith(adapter, () => answer(200, body));
    const transcript = await it.provider.transcribe?.(request, callOf());
    const [sent] = it.upstream.requests;
    return { transcript, path: sent?.path, fields: formOf(sent) };
  }

  test("is written down by whisper, with its language and length", async () => {
    const asked = recording("whisper-1", { language: "de", prompt: "Parley" });
    const told = { task: "transcribe", language: "german", duration: 8.47, text: " Hallo Welt", segments: [] };
    expect(await written(openai, asked, told)).toEqual({
      transcript: { text: "Hallo Welt", language: "de", duration: 8.47 },
      path: "/audio/transcriptions",
      fields: [
        "file (speech.mp3, audio/mpeg) = sound",
        "model = whisper-1",
        "language = de",
        "prompt = Parley",
        "response_format = verbose_json",
      ],
    });
    expect(
      (await written(groq, recording("whisper-large-v3-turbo"), { text: "", language: "Welsh" })).transcript,
    ).toEqual({
      text: "",
      language: "cy",
    });
    expect((await written(groq, recording("m"), { text: "a", language: "Klingonese" })).transcript).toEqual({
      text: "a",
    });
  });

  test("is written down by newer models in their own format", async () => {
    const usage = { type: "duration", seconds: 9 };
    const { transcript, fields } = await written(openai, recording("gpt-4o-transcribe"), { text: "Hello", usage });
    expect(transcript).toEqual({ text: "Hello", duration: 9 });
    expect(fields).toEqual(["file (speech.mp3, audio/mpeg) = sound", "model = gpt-4o-transcribe"]);
    const diarized = recording("gpt-4o-transcribe-diarize", { prompt: "Parley" });
    expect((await written(openai, diarized, { text: "Hello" })).fields.slice(2)).toEqual(["chunking_strategy = auto"]);
  });

  test("is written down by Mistral and DeepInfra", async () => {
    const usage = { prompt_audio_seconds: 13, prompt_tokens: 4, total_tokens: 220, completion_tokens: 26 };
    const told = { model: "voxtral-mini-2507", text: "Bonjour", language: null, segments: [], usage };
    const asked = recording("voxtral-mini-latest", { prompt: "Parley", language: "fr" });
    const { transcript, fields } = await written(mistral, asked, told);
    expect(transcript).toEqual({ text: "Bonjour", duration: 13 });
    expect(fields.slice(1)).toEqual(["model = voxtral-mini-latest", "language = fr"]);
    const other = await written(deepinfra, recording("openai/whisper-large-v3"), { text: "Hi", language: "en" });
    expect(other.transcript).toEqual({ text: "Hi", language: "en" });
    expect(other.fields.slice(1)).toEqual(["model = openai/whisper-large-v3", "response_format = verbose_json"]);
  });

  test("that cannot be read fails", async () => {
    await expect(written(openai, recording("whisper-1"), {})).rejects.toMatchObject({ reason: "upstream_failed" });
    using it = openWith(openai, () => answer(400, { error: { message: "Invalid file format." } }));
    await expect(it.provider.transcribe?.(recording("whisper-1"), callOf())).rejects.toMatchObject({
      reason: "upstream_rejected",
    });
  });
});
