import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { type OpenAI, toFile } from "openai";
import { openApp, type TestApp } from "../../support/app.ts";
import { formOf } from "../../support/media.ts";
import { createOpenai, openClientOf, refusalOf, thrownBy } from "../../support/openai-client.ts";
import {
  answer,
  chunked,
  lastChunk,
  openUpstream,
  type RecordedRequest,
  type ScriptedUpstream,
  type Step,
} from "../../support/scripted-upstream.ts";
import { listen } from "../../support/sound.ts";

const pieces = ["ID3 first", "second", "last"];
const segments = [
  { id: 0, start: 0, end: 1.5, text: " Good morning." },
  { id: 1, start: 1.5, end: 3661.25, text: " It is\n\nlate --> very." },
];
const said = { text: " Good morning. It is late. ", language: "german", duration: 2.2, segments };

/** What the vendor does, by the text that is to be spoken. */
const speeches: Readonly<Record<string, () => Step[]>> = {
  hello: () => [...chunked(pieces, "audio/mpeg"), lastChunk],
  refused: () => answer(400, { error: { message: "no such voice" } }),
  limited: () => answer(429, { error: { message: "slow down" } }),
  broken: () => answer(500, "oops"),
  silent: () => [...chunked([], "audio/mpeg"), lastChunk],
  cut: () => [...chunked(["ID3 first"], "audio/mpeg"), { waitMs: 100 }, "reset"],
  endless: () => [...chunked(["ID3 first"], "audio/mpeg"), "hang"],
};

function play(request: RecordedRequest): Step[] {
  const { path, body } = request;
  if (path.endsWith("/models")) return answer(200, { data: ["gpt-4o", "whisper-1", "tts-1"].map((id) => ({ id })) });
  if (path.endsWith("/speech")) return speeches[JSON.parse(body).input]?.() ?? answer(404, { error: { message: "?" } });
  const fields = formOf(request);
  if (fields.includes("prompt = refuse")) return answer(400, { error: { message: "no sound" } });
  if (fields.includes("prompt = break")) return answer(500, "oops");
  if (fields.includes("prompt = hang")) return ["hang"];
  return answer(200, fields.includes("model = whisper-1") ? said : { text: "Good morning." });
}

describe("sound, by OpenAI's own client", () => {
  let upstream: ScriptedUpstream;
  let app: TestApp;
  let ada: OpenAI;
  beforeAll(async () => {
    upstream = openUpstream(play);
    const settings = { type: "openai", base_url: upstream.origin, api_key: "test-key-0123" };
    const other = { ...settings, name: "Other", base_url: `${upstream.origin}/other` };
    app = await openApp({ yaml: Bun.YAML.stringify({ providers: [{ name: "Work", ...settings }, other] }) });
    ada = await openClientOf(app, "ada");
  });
  afterAll(async () => {
    await app[Symbol.asyncDispose]();
    upstream[Symbol.dispose]();
  });
  const lastAsked = () => upstream.requests.findLast(({ method }) => method === "POST");
  const spoken = pieces.join("");

  describe("a text", () => {
    test("is spoken as it is made", async () => {
      const response = await ada.audio.speech.create({
        model: "tts-1",
        voice: "nova",
        input: "hello",
        response_format: "mp3",
        speed: 1.25,
      });
      expect(response.headers.get("content-type")).toBe("audio/mpeg");
      expect((await listen(response)).bytes.toString()).toBe(spoken);
      const asked = { model: "tts-1", voice: "nova", input: "hello", response_format: "mp3", speed: 1.25 };
      expect(JSON.parse(lastAsked()?.body ?? "")).toEqual(asked);
    });

    test.each([
      ["a voice by its id", { voice: { id: "voice_1" } }, { voice: "voice_1" }],
      ["the provider's own voice", {}, { voice: "alloy" }],
      ["the provider's own format", {}, { response_format: "mp3" }],
      ["words for how, which are passed over", { instructions: "softly" }, {}],
    ])("is spoken with %s", async (_, more, sent) => {
      const response = await ada.post("/audio/speech", {
        body: { model: "tts-1", input: "hello", ...more },
        __binaryResponse: true,
      });
      expect(await (response as Response).text()).toBe(spoken);
      expect(JSON.parse(lastAsked()?.body ?? "")).toMatchObject(sent);
    });

    test("is spoken by the provider that is named", async () => {
      await ada.audio.speech.create({ model: "Other/tts-1", voice: "nova", input: "hello" });
      expect(lastAsked()?.path).toBe("/other/audio/speech");
    });

    test("is told in events where those are asked for", async () => {
      const response = await ada.audio.speech.create({
        model: "tts-1",
        voice: "nova",
        input: "hello",
        stream_format: "sse",
      });
      expect(response.headers.get("content-type")).toStartWith("text/event-stream");
      const events = (await response.text())
        .split("\n\n")
        .slice(0, -1)
        .map((line) => JSON.parse(line.slice(6)));
      expect(events.slice(0, -1).every(({ type }) => type === "speech.audio.delta")).toBe(true);
      const sound = events.slice(0, -1).map(({ audio }) => Buffer.from(audio, "base64"));
      expect(Buffer.concat(sound).toString()).toBe(spoken);
      expect(events.at(-1)).toEqual({
        type: "speech.audio.done",
        usage: { input_tokens: 2, output_tokens: 0, total_tokens: 2 },
      });
    });

    const failures = [
      ["refused", [400, "upstream_rejected"]],
      ["limited", [429, "rate_limit_exceeded"]],
      ["broken", [502, "upstream_failed"]],
      ["silent", [502, "no_media"]],
    ] as const;
    const ways = ["audio", "sse"] as const;
    test.each(failures.flatMap(([input, refusal]) => ways.map((way) => [input, way, refusal] as const)))(
      "that cannot be spoken (%s, %s) is refused with a status",
      async (input, stream_format, refusal) => {
        const ask = () => ada.audio.speech.create({ model: "tts-1", voice: "nova", input, stream_format });
        expect(await refusalOf(ask)).toEqual([...refusal]);
      },
    );

    test("whose speech breaks off does not look whole, and says so in events", async () => {
      const ask = (stream_format: "audio" | "sse") =>
        ada.audio.speech.create({ model: "tts-1", voice: "nova", input: "cut", stream_format });
      expect((await listen(await ask("audio"))).isWhole).toBe(false);
      const events = (await (await ask("sse")).text()).split("\n\n").slice(0, -1);
      expect(JSON.parse(events.at(-1)?.slice(6) ?? "")).toMatchObject({ error: { code: "upstream_failed" } });
    });

    test.each(ways)("that nobody listens to any more is not spoken on (%s)", async (stream_format) => {
      const response = await ada.audio.speech.create({
        model: "tts-1",
        voice: "nova",
        input: "endless",
        stream_format,
      });
      const reader = response.body?.getReader();
      expect((await reader?.read())?.done).toBe(false);
      await reader?.cancel();
      await lastAsked()?.closed;
    });

    const wrong: readonly (readonly [object, RegExp])[] = [
      [{ model: "tts-1" }, /input is missing/],
      [{ model: "tts-1", input: "  " }, /input: expected the text/],
      [{ input: "hello", voice: 4 }, /voice: expected a voice's name/],
      [{ input: "hello", voice: { id: 4 } }, /voice.*: expected/],
      [{ input: "hello", speed: 9 }, /speed: expected a number from 0.25 to 4/],
      [{ input: "hello", response_format: "../mp3" }, /response_format: expected a format/],
      [{ input: "hello", stream_format: "ws" }, /stream_format: expected audio or sse/],
      [{ input: "hello", model: "tts-1", response_format: "midi" }, /not in midi/],
    ];
    test.each(wrong)("is not spoken where something is wrong: %j", async (body, message) => {
      expect(await thrownBy(() => ada.post("/audio/speech", { body }))).toMatchObject({
        status: 400,
        message: expect.stringMatching(message),
      });
    });
  });

  describe("a recording", () => {
    const file = () => toFile(Buffer.from("sound"), "talk.mp3", { type: "audio/mpeg" });
    const verbose = {
      task: "transcribe",
      language: "german",
      duration: 2.2,
      text: "Good morning. It is late.",
      segments: segments.map(({ text, ...rest }) => ({ ...rest, text: text.trim() })),
      usage: { type: "duration", seconds: 3 },
    };
    const srt =
      "1\n00:00:00,000 --> 00:00:01,500\nGood morning.\n\n2\n00:00:01,500 --> 01:01:01,250\nIt is late → very.\n\n";
    const vtt =
      "WEBVTT\n\n00:00:00.000 --> 00:00:01.500\nGood morning.\n\n00:00:01.500 --> 01:01:01.250\nIt is late → very.\n\n";
    const written: readonly (readonly [OpenAI.AudioResponseFormat | undefined, unknown])[] = [
      [undefined, { text: verbose.text, usage: verbose.usage }],
      ["json", { text: verbose.text, usage: verbose.usage }],
      ["verbose_json", verbose],
      ["text", `${verbose.text}\n`],
      ["srt", srt],
      ["vtt", vtt],
    ];
    test.each(written)("is written down in the format %p", async (response_format, expected) => {
      const asked = { file: await file(), model: "whisper-1", ...(response_format && { response_format }) };
      expect<unknown>(await ada.audio.transcriptions.create(asked)).toEqual(expected);
    });

    test("is written down as it is asked for, by whom is named", async () => {
      const { data, response } = await ada.audio.transcriptions
        .create({ file: await file(), model: "Other/whisper-1", language: "de-AT", prompt: "Grüße", temperature: 0 })
        .withResponse();
      expect(data.text).toBe(verbose.text);
      expect(response.headers.get("x-provider")).toBe("Other");
      expect(lastAsked()?.path).toStartWith("/other/");
      const fields = ["file (talk.mp3, audio/mpeg) = sound", "model = whisper-1", "language = de", "prompt = Grüße"];
      expect(formOf(lastAsked())).toEqual([...fields, "response_format = verbose_json"]);
    });

    test("is told in events where those are asked for", async () => {
      const stream = await ada.audio.transcriptions.create({ file: await file(), model: "whisper-1", stream: true });
      const events: OpenAI.Audio.TranscriptionStreamEvent[] = [];
      for await (const event of stream) events.push(event);
      expect(events).toEqual([
        { type: "transcript.text.delta", delta: verbose.text },
        { type: "transcript.text.done", text: verbose.text },
      ]);
    });

    test("has no subtitles where the model tells no times", async () => {
      const ask = async () =>
        ada.audio.transcriptions.create({ file: await file(), model: "Work/listener", response_format: "srt" });
      expect(await thrownBy(ask)).toMatchObject({ status: 400, message: expect.stringMatching(/tells no times/) });
    });

    const failures = [
      ["refuse", [400, "upstream_rejected"]],
      ["break", [502, "upstream_failed"]],
    ] as const;
    const ways = [true, false];
    test.each(failures.flatMap(([prompt, refusal]) => ways.map((stream) => [prompt, stream, refusal] as const)))(
      "that cannot be written down (%s, stream %p) is refused with a status",
      async (prompt, stream, refusal) => {
        const ask = async () =>
          ada.audio.transcriptions.create({ file: await file(), model: "Work/whisper-1", prompt, stream });
        expect(await refusalOf(ask)).toEqual([...refusal]);
      },
    );

    test("that nobody waits for any more is not written down", async () => {
      const leaving = new AbortController();
      const asked = ada.audio.transcriptions
        .create({ file: await file(), model: "Work/whisper-1", prompt: "hang" }, { signal: leaving.signal })
        .then(String, String);
      while (!lastAsked()?.body.includes("hang")) await Bun.sleep(5);
      leaving.abort();
      await asked;
      await lastAsked()?.closed;
    });

    const ask = async (more: object) =>
      ada.audio.transcriptions.create({ file: await file(), model: "whisper-1", ...more });
    const wrong: readonly (readonly [string, () => Promise<unknown>, number, RegExp])[] = [
      [
        "a format that is none",
        () => ask({ response_format: "diarized_json" }),
        400,
        /response_format: expected one of/,
      ],
      ["the times of words", () => ask({ timestamp_granularities: ["word"] }), 400, /timestamp_granularities/],
      ["a language that is none", () => ask({ language: "the one of the elves" }), 400, /language: expected/],
      ["a model that nobody has", () => ask({ model: "nobody-has-it" }), 404, /nobody-has-it/],
      ["a name too long", () => ask({ model: "x".repeat(300) }), 400, /model: at most 256/],
      ["two recordings", async () => ask({ file: [await file(), await file()] }), 400, /one file/],
      ["no recording", () => ada.post("/audio/transcriptions", { body: new FormData() }), 400, /./],
      ["a body that is no form", () => ada.post("/audio/transcriptions", { body: {} }), 400, /multipart/],
      [
        "a recording too large",
        async () => ask({ file: await toFile(Buffer.alloc((25 << 20) + 1), "a.wav") }),
        413,
        /25 MiB/,
      ],
      [
        "another's key",
        () => createOpenai(app).audio.speech.create({ model: "m", voice: "v", input: "x" }),
        401,
        /key/,
      ],
      [
        "a translation",
        async () => ada.audio.translations.create({ file: await file(), model: "whisper-1" }),
        404,
        /./,
      ],
    ];
    test.each(wrong)("with %s is refused in their words", async (_, wronged, status, message) => {
      expect(await thrownBy(wronged)).toMatchObject({ status, message: expect.stringMatching(message) });
    });
  });
});
