import { describe, expect, test } from "bun:test";
import { espeakNg } from "../../../src/providers/adapters/espeak-ng.ts";
import type { SpeechRequest } from "../../../src/providers/media.ts";
import { isInstalled } from "../../support/installed.ts";
import { openApp } from "../../support/app.ts";
import { readEvents } from "../../support/events.ts";
import { createProgram } from "../../support/program.ts";
import { listen, readTaskRows } from "../../support/sound.ts";
import { allOf, called, failureOf } from "./asked.ts";

const searchPath = process.env.PATH ?? "";
const limits = { connectMs: 1000, isProxied: false, firstByteMs: 5000, loadMs: 5000, silenceMs: 5000 };
const open = (programPath = searchPath, silenceMs = 5000) =>
  espeakNg.open({ name: "Espeak", limits: { ...limits, silenceMs }, programPath });

async function say(text: string, more: Partial<SpeechRequest> = {}, signal?: AbortSignal) {
  const speech = await open().speak?.({ model: "espeak-ng", text, ...more }, called(signal));
  return { mime: speech?.mime, bytes: Buffer.from(await allOf(speech?.bytes)) };
}

/** Longer than a pause at the end. */
const isSpoken = (bytes: Buffer) => bytes.byteLength > 20_000;

/** Without its head, whose lengths are not known. */
const soundOf = async (text: string, more: Partial<SpeechRequest> = {}) => (await say(text, more)).bytes.subarray(44);

const hasEspeak = isInstalled("espeak-ng", "speech");

describe.skipIf(!hasEspeak)("eSpeak NG", () => {
  test("makes a WAV file, which says that its length is not known", async () => {
    const { mime, bytes } = await say("Good morning, everybody.");
    expect([mime, bytes.toString("hex", 0, 44)]).toEqual([
      "audio/wav",
      "52494646ffffffff57415645666d742010000000010001002256000044ac00000200100064617461ffffffff",
    ]);
    expect(isSpoken(bytes)).toBe(true);
  });

  test("speaks the language of a voice by its code, its region, or its name", async () => {
    const german = await soundOf("Guten Tag", { voice: "de" });
    for (const voice of ["DE", "de-AT", "de_AT", "German", " german "])
      expect([voice, (await soundOf("Guten Tag", { voice })).equals(german)]).toEqual([voice, true]);
    expect((await soundOf("Guten Tag")).equals(german)).toBe(false);
    expect((await soundOf("Guten Tag", { voice: "en" })).equals(await soundOf("Guten Tag"))).toBe(true);
    expect(isSpoken(await soundOf("早上好", { voice: "zh" }))).toBe(true);
  });

  test("has no other voices: nothing that is one of its options, or names a file", async () => {
    const table = [
      ["-x", 'Espeak has no voice "-x"; '],
      ["../../../etc/passwd", 'Espeak has no voice "../../../etc/passwd"; it has af, '],
      ["en --path=/tmp", 'Espeak has no voice "en --path=/tmp"; it has af, '],
      ["", 'Espeak has no voice ""; '],
    ] as const;
    for (const [voice, message] of table) {
      const [reason, told] = await failureOf(say("x", { voice }));
      expect([reason, told.slice(0, message.length)]).toEqual(["upstream_rejected", message]);
    }
  });

  test("speaks faster and slower, as far as it can, and in WAV alone", async () => {
    const text = "One two three four five six seven eight.";
    const lengths: number[] = [];
    for (const speed of [-1, 0.1, 1, 2, 100]) lengths.push((await soundOf(text, { speed })).byteLength);
    expect(lengths).toEqual([...lengths].sort((a, b) => b - a));
    expect(lengths[0]).toBe(lengths[1]!);
    expect(await failureOf(say("x", { format: "mp3" }))).toEqual([
      "upstream_rejected",
      "Espeak speaks in wav, not in mp3",
    ]);
  });

  test("takes text for text: options, NUL, commands, phonemes and marks are spoken, and end nothing", async () => {
    const same = async (one: string, other: string) =>
      expect([one, (await soundOf(one)).equals(await soundOf(other))]).toEqual([one, true]);
    await same("one\0two three", "one two three");
    // Without the control character it would set the pace.
    await same("one \x01300S two", "one  300S two");
    await same("[[h@l'oU]]", "[ [h@l'oU]]");
    expect((await soundOf("[[h@l'oU]]")).equals(await soundOf("hello"))).toBe(false);
    const marked = await soundOf('<speak><voice name="de">one</voice></speak>');
    expect(marked.byteLength).toBeGreaterThan((await soundOf("one")).byteLength);
    for (const text of [
      "--version",
      "-x one",
      "-f /etc/hostname",
      "$(id) `id` 'a' \"b\" \\",
      "“one” – two…",
      "\ud800one",
    ])
      expect([text, isSpoken(await soundOf(text))]).toEqual([text, true]);
  });

  test("speaks 100 kB, piece by piece", async () => {
    const speech = await open().speak?.({ model: "espeak-ng", text: "abcdefghij".repeat(10_000) }, called());
    let length = 0;
    let largest = 0;
    for await (const { byteLength } of speech?.bytes ?? []) {
      length += byteLength;
      largest = Math.max(largest, byteLength);
    }
    expect(length).toBeGreaterThan(30e6);
    expect(largest).toBeLessThan(1e6);
  });
});

describe("the process", () => {
  /** Says what it is, and speaks for ever; each leaves a mark. */
  const talker = (speech: string) => `case "$1" in
--version) echo "eSpeak NG text-to-speech: 1.51  Data at: /nowhere";;
--voices) echo "Pty Language Age/Gender VoiceName File Other"; echo " 5  en  --/M  English  gmw/en";;
*) touch "$0.$$"; ${speech};;
esac`;
  const running = (folder: string) =>
    [...new Bun.Glob("espeak-ng.*").scanSync(folder)].filter((name) => isAlive(Number(name.split(".").at(-1))));
  const isAlive = (pid: number) => {
    try {
      return process.kill(pid, 0);
    } catch {
      return false;
    }
  };
  const ask = { model: "espeak-ng", text: "x" };
  const head = `printf 'RIFF....WAVEfmt ......\\001\\000\\200\\076\\000\\000........data....'`;

  test("is killed when its listener leaves, before the first sound or after it", async () => {
    for (const speech of ["exec sleep 60", `${head}; exec sleep 60`, `${head}; exec cat /dev/zero`]) {
      using program = createProgram("espeak-ng", talker(speech));
      const controller = new AbortController();
      const begun = open(program.searchPath).speak?.(ask, called(controller.signal));
      begun?.catch(() => {});
      while (running(program.folder).length === 0) await Bun.sleep(1);
      const made = speech.startsWith("exec") ? undefined : await begun;
      const left = performance.now();
      controller.abort(new Error("gone"));
      await expect(made ? allOf(made.bytes) : Promise.resolve(begun)).rejects.toThrow("gone");
      while (running(program.folder).length > 0) await Bun.sleep(1);
      expect(performance.now() - left).toBeLessThan(1000);
    }
  });

  test("is killed when it is silent, and what it said then is no whole", async () => {
    using program = createProgram("espeak-ng", talker(`${head}; exec sleep 60`));
    const made = await open(program.searchPath, 200).speak?.(ask, called());
    expect(await failureOf(allOf(made?.bytes))).toEqual(["upstream_timeout", "Espeak fell silent for 0.2 s"]);
    while (running(program.folder).length > 0) await Bun.sleep(1);
  });

  test("that breaks off, says nothing, or gives no sound is a failure", async () => {
    const table = [
      [`${head}; exit 1`, "upstream_failed"],
      [`${head}; kill -9 $$`, "upstream_failed"],
      ["exit 1", "upstream_failed"],
      ["exit 0", "no_media"],
      ["printf '<html>this is a page and not any sound at all</html>'", "upstream_failed"],
    ] as const;
    for (const [speech, reason] of table) {
      using program = createProgram("espeak-ng", talker(speech));
      const whole = open(program.searchPath)
        .speak?.(ask, called())
        .then(({ bytes }) => allOf(bytes));
      expect([speech, (await failureOf(whole))[0]]).toEqual([speech, reason]);
    }
  });

  test("is one of four at once; 32 wait for their turn, and more are told to come back", async () => {
    using program = createProgram("espeak-ng", talker(`${head}; exec sleep 60`));
    const provider = open(program.searchPath);
    const controller = new AbortController();
    await provider.check?.(called());
    const asked = Array.from({ length: 40 }, () => provider.speak?.(ask, called(controller.signal)));
    const outcomes: string[] = [];
    for (const each of asked)
      void each?.then(
        () => outcomes.push("spoken"),
        ({ reason }) => outcomes.push(reason),
      );
    while (outcomes.length < 8) await Bun.sleep(1);
    expect(outcomes.sort()).toEqual([...Array(4).fill("rate_limited"), ...Array(4).fill("spoken")]);
    expect(running(program.folder)).toHaveLength(4);
    controller.abort(new Error("gone"));
    await Promise.allSettled(asked);
    while (running(program.folder).length > 0) await Bun.sleep(1);
    expect((await provider.speak?.(ask, called()))?.mime).toBe("audio/wav");
  });
});

describe.skipIf(!hasEspeak)("on a machine", () => {
  const names = async (options: Parameters<typeof openApp>[0]) => {
    await using app = await openApp({ flags: { discovery: "true" }, ...options });
    const listed = await (await app.get("/backend-api/v2/providers")).json();
    const found = listed.find(({ name }: { name: string }) => name === "Espeak");
    return found && [found.configured, found.active_by_default, found.audio];
  };
  const environment = { PATH: searchPath };

  test("with it, it is a provider with one model, which the router gives no chat", async () => {
    expect(await names({ environment })).toEqual([true, true, 1]);
    await using app = await openApp({ environment, flags: { discovery: "true" } });
    expect(await (await app.get("/backend-api/v2/models/espeak")).json()).toMatchObject([
      { id: "espeak-ng", label: "eSpeak NG", audio: true, default: true, vision: false, tools: false },
    ]);
    const { candidates, considered } = await (await app.get("/backend-api/v2/route")).json();
    expect(candidates.map(({ provider }: { provider: string }) => provider)).toEqual(["Builtin"]);
    expect(considered).toEqual([]);
  });

  test("without it, with another program of the name, or with none looked for, it is not there", async () => {
    using mouse = createProgram("espeak-ng", "echo 'Piper mouse configuration 0.7'");
    using silent = createProgram("espeak-ng", "exit 0");
    using claimed = createProgram("espeak-ng", `echo "not eSpeak NG text-to-speech: 1.51"`);
    for (const { folder } of [mouse, silent, claimed]) {
      expect(await names({ environment: { PATH: folder } })).toBeUndefined();
      expect(await failureOf(open(folder).speak?.({ model: "espeak-ng", text: "x" }, called()))).toEqual([
        "not_offered",
        "Espeak speaks by the program espeak-ng, which is another program on this machine: install eSpeak NG",
      ]);
    }
    expect(await names({ environment: {} })).toBeUndefined();
    expect(await names({ environment: { PATH: "." } })).toBeUndefined();
    expect(await names({ environment, flags: {} })).toBeUndefined();
    expect((await failureOf(open("").speak?.({ model: "espeak-ng", text: "x" }, called())))[1]).toBe(
      "Espeak speaks by the program espeak-ng, which is not on this machine: install eSpeak NG",
    );
  });

  test("it is left out by enabled: false, and then cannot be named either", async () => {
    const yaml = Bun.YAML.stringify({ providers: [{ name: "Espeak", enabled: false }] });
    expect(await names({ environment, yaml })).toBeUndefined();
    await using app = await openApp({ environment, yaml });
    expect((await app.get("/backend-api/v2/synthesize/Espeak?text=x")).status).toBe(404);
  });

  test("it speaks by its address, and is AnyProvider where nobody else can speak", async () => {
    await using app = await openApp({ environment, flags: { discovery: "true" } });
    for (const provider of ["Espeak", "espeak-ng", "AnyProvider"]) {
      const response = await app.get(`/backend-api/v2/synthesize/${provider}?text=Hello&voice=en`);
      expect([response.status, response.headers.get("content-type"), response.headers.get("x-provider")]).toEqual([
        200,
        "audio/wav",
        "Espeak",
      ]);
      const { bytes, isWhole } = await listen(response);
      expect([isWhole, isSpoken(bytes)]).toEqual([true, true]);
    }
    expect((await readTaskRows(app, 3)).map(({ outcome, model }) => [outcome, model])).toEqual(
      Array.from({ length: 3 }, () => ["stop", "espeak-ng"]),
    );
  });

  test("a run keeps what it says as a medium, with its true length", async () => {
    await using app = await openApp({ environment });
    const messages = [{ role: "user", content: "Guten Tag" }];
    const events = await readEvents(await app.post({ provider: "Espeak", messages, voice: "de", speed: 1.2 }));
    const content = events.find((each) => each.type === "content");
    expect(content?.data).toMatch(/^\/media\/\d{10}_espeak-ng\+Guten_Tag_[0-9a-f]{16}\.wav$/);
    const response = await app.get(content?.data ?? "");
    const bytes = Buffer.from(await response.arrayBuffer());
    expect([response.headers.get("content-type"), bytes.readUInt32LE(40)]).toEqual([
      "audio/wav",
      bytes.byteLength - 44,
    ]);
  });
});
