import { describe, expect, test } from "bun:test";
import { rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { localCaller } from "../../src/protocol/caller.ts";
import { toApiError } from "../../src/protocol/errors.ts";
import { parseLanguage, type Recording } from "../../src/runs/transcriber.ts";
import { openApp, type TestAppOptions } from "../support/app.ts";
import { formOf } from "../support/media.ts";
import { answer, openUpstream, type Script } from "../support/scripted-upstream.ts";
import { readTaskRows } from "../support/sound.ts";

const models = answer(200, { data: [{ id: "gpt-4o" }, { id: "gpt-4o-mini-transcribe" }, { id: "whisper-1" }] });
const heard = answer(200, { text: " Good morning. ", usage: { type: "duration", seconds: 3 } });

async function open(script: Script, { settings, ...options }: TestAppOptions & { settings?: object } = {}) {
  const upstream = openUpstream((request, count) =>
    request.path.endsWith("/models") ? models : script(request, count),
  );
  const entry = { name: "Work", type: "openai", base_url: `${upstream.origin}/v1`, api_key: "test-key-0123" };
  const app = await openApp({ yaml: Bun.YAML.stringify({ providers: [{ ...entry, ...settings }] }), ...options });
  const { transcriber } = app.services;
  const recording = { sound: new Blob(["sound"]), fileName: "talk.mp3" };
  return {
    app,
    transcriber,
    transcribe: (more: Partial<Recording> = {}, signal = new AbortController().signal) =>
      transcriber.transcribe({ ...recording, ...more }, localCaller, signal),
    asked: () => upstream.requests.filter(({ method }) => method === "POST"),
    async [Symbol.asyncDispose]() {
      await app[Symbol.asyncDispose]();
      upstream[Symbol.dispose]();
    },
  };
}

const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => ["nothing", ""],
    (thrown) => [toApiError(thrown).reason, toApiError(thrown).message],
  );

describe("a recording", () => {
  test("is written down by the first that can, in the language that is told, and leaves a row of usage", async () => {
    await using work = await open(() => heard);
    expect(work.transcriber.find()?.name).toBe("Work");
    expect(await work.transcribe({ language: "de" })).toMatchObject({ text: "Good morning.", provider: "Work" });
    expect(formOf(work.asked()[0])).toEqual([
      "file (talk.mp3, audio/mpeg) = sound",
      "model = gpt-4o-mini-transcribe",
      "language = de",
    ]);
    const [row] = await readTaskRows(work.app, 1);
    expect(row).toMatchObject({ provider: "Work", model: "gpt-4o-mini-transcribe", outcome: "stop" });
    expect(JSON.parse(row?.details ?? "")).toEqual({ seconds: 3 });
  });

  test("may lie on disk", async () => {
    await using work = await open(() => heard);
    const path = join(tmpdir(), `parley-recording-${process.pid}.wav`);
    await Bun.write(path, "from disk");
    expect(await work.transcribe({ sound: Bun.file(path) })).toMatchObject({ text: "Good morning." });
    expect(formOf(work.asked()[0])[0]).toEndWith("= from disk");
    rmSync(path);
  });

  test("is written down by the operator's model where that is one for it, and by one of any name that tells so", async () => {
    const table = [
      [{ default_model: "whisper-1" }, "whisper-1"],
      [{ default_model: "gpt-4o" }, "gpt-4o-mini-transcribe"],
      [{ models: ["m", "Systran/faster-whisper-small"] }, "Systran/faster-whisper-small"],
    ] as const;
    for (const [settings, model] of table) {
      await using work = await open(() => heard, { settings });
      await work.transcribe();
      expect(formOf(work.asked()[0])).toContain(`model = ${model}`);
    }
  });

  test("of more than vendors take is refused before it is read or sent", async () => {
    await using work = await open(() => heard);
    const sound = new Blob([new Uint8Array(25 * 1024 * 1024 + 1)]);
    expect(await failure(work.transcribe({ sound }))).toEqual([
      "body_too_large",
      "the recording has more than 25 MiB, which is as much as providers write down at once: send it in parts",
    ]);
    expect(work.asked()).toEqual([]);
  });

  test("is written down by nobody where nobody can", async () => {
    await using none = await openApp();
    expect(none.services.transcriber.find()).toBeUndefined();
    const { signal } = new AbortController();
    const recording = { sound: new Blob(["x"]), fileName: "a.mp3" };
    expect(await failure(none.services.transcriber.transcribe(recording, localCaller, signal))).toEqual([
      "not_offered",
      "no provider that is set up can write down recordings; set the key of one that can, such as OPENAI_API_KEY",
    ]);
  });

  test("that a vendor refuses is its failure", async () => {
    for (const [status, reason] of [
      [400, "upstream_rejected"],
      [401, "missing_auth"],
      [429, "rate_limited"],
      [500, "upstream_failed"],
    ] as const) {
      await using work = await open(() => answer(status, { error: { message: "Sorry." } }));
      expect((await failure(work.transcribe()))[0]).toBe(reason);
      expect([work.app.services.load.busy("Work"), work.app.logged]).toEqual([0, []]);
    }
  });

  test("that nobody waits for any more is let go; so is one that takes too long", async () => {
    await using work = await open(() => ["hang"]);
    const controller = new AbortController();
    const failed = failure(work.transcribe({}, controller.signal));
    while (work.asked().length === 0) await Bun.sleep(1);
    controller.abort();
    await work.asked()[0]!.closed;
    expect((await failed)[0]).toBe("cancelled");
    expect(work.app.services.health.errors("Work")).toBe(0);
    await using slow = await open(() => ["hang"], { flags: { run_timeout: "0.3" } });
    expect(await failure(slow.transcribe())).toEqual([
      "upstream_timeout",
      "it took longer than 0.3 s to write down the recording",
    ]);
  });
});

test("a language is what people and browsers call it", () => {
  const table = [
    [undefined, undefined],
    ["", undefined],
    ["auto", undefined],
    ["de", "de"],
    ["pt-BR", "pt"],
    ["zh_Hant_TW", "zh"],
    [" EN-us ", "en"],
    ["yue", "yue"],
  ] as const;
  for (const [given, language] of table) expect([given, parseLanguage(given)]).toEqual([given, language]);
  for (const given of ["german", "x", "de;q=1", "de-", "12", "../de"])
    expect(() => parseLanguage(given)).toThrow("x-recognition-language: expected a language");
});
