import { describe, expect, test } from "bun:test";
import { openCreate, refusalOf } from "../support/create.ts";
import { makeKey } from "../support/keys.ts";
import { pngOf } from "../support/pictures.ts";
import { answer, chunked, lastChunk, openaiText, type Script, type Step } from "../support/scripted-upstream.ts";
import { readTaskRows } from "../support/sound.ts";

const picture = (number: number) => `![a cat](data:image/png;base64,${pngOf(number).toString("base64")})`;
const media = /^\/media\/[^\s/]+\.png$/;

describe("what an answer shows", () => {
  test("is led to where it is one picture", async () => {
    await using work = await openCreate(() => openaiText(picture(1), "\n"));
    for (const query of [{}, { stream: "false" }, { filter_markdown: "true" }] as Record<string, string>[]) {
      const response = await work.get(query);
      const address = response.headers.get("location") ?? "";
      expect([response.status, address, await response.text()]).toEqual([302, expect.stringMatching(media), ""]);
      expect(response.headers.get("cache-control")).toBe("no-store");
      expect(pngOf(1).equals(await (await work.app.get(address)).bytes())).toBe(true);
    }
    const followed = await work.get({}, { redirect: "follow" });
    expect(followed.headers.get("content-type")).toBe("image/png");
  });

  test("is a line each where there are several, and no markup", async () => {
    await using work = await openCreate(() => openaiText(picture(1), picture(2)));
    const lines = (await work.text()).split("\n");
    expect(lines).toEqual([expect.stringMatching(media), expect.stringMatching(media)]);
    expect(new Set(lines).size).toBe(2);
  });

  test("is a line within the words where there are any", async () => {
    await using work = await openCreate(() => openaiText("Look: ", picture(1), "nice, ", "or", picture(2)));
    for (const stream of ["true", "false"]) {
      const lines = (await work.text({ stream })).split("\n");
      expect(lines).toEqual(["Look: ", expect.stringMatching(media), "nice, or", expect.stringMatching(media)]);
    }
  });

  test("lies where the vendor put it, where it could not be fetched", async () => {
    const script: Script = () => answer(200, { data: [{ url: "https://pictures.invalid/cat.png?a=1&b=2" }] });
    await using work = await openCreate(script, {
      providers: [{ type: "together", models: ["black-forest-labs/flux"] }],
    });
    const response = await work.get({ provider: "A", model: "black-forest-labs/flux" });
    expect([response.status, response.headers.get("location")]).toEqual([
      302,
      "https://pictures.invalid/cat.png?a=1&b=2",
    ]);
  });
});

/** A second of silence, as WAV. */
const wav = Buffer.concat([
  Buffer.from("RIFF\x24\x00\x00\x00WAVEfmt \x10\x00\x00\x00\x01\x00\x01\x00", "latin1"),
  Buffer.from([0x40, 0x1f, 0, 0, 0x80, 0x3e, 0, 0, 2, 0, 16, 0]),
  Buffer.from("data\x10\x00\x00\x00", "latin1"),
  Buffer.alloc(16),
]);
const spoken: Step[] = [...chunked([wav.subarray(0, 10), wav.subarray(10)], "audio/wav"), lastChunk];
const speaking: Script = ({ path }) => (path.endsWith("/audio/speech") ? spoken : openaiText("The answer"));
const speaker = { providers: [{ models: ["m", "tts-1"] }] };

describe("an answer as sound", () => {
  test.each([
    ["the prompt itself, where nobody is named who could answer", { model: "", audio: "true" }, "Hello", "alloy"],
    ["the answer, where a model is named", { audio: "true" }, "The answer", "alloy"],
    ["the answer, where a provider is named", { model: "", provider: "A", audio: "1" }, "The answer", "alloy"],
    ["in the voice of that name", { audio: "nova" }, "The answer", "nova"],
    ["by the provider of that name", { audio: "nova", audio_provider: "a" }, "The answer", "nova"],
    ["by whoever is named to speak it", { audio_provider: "A" }, "The answer", "alloy"],
  ] as const)("is %s", async (_, query, input, voice) => {
    await using work = await openCreate(speaking, speaker);
    const response = await work.get(query);
    const address = response.headers.get("location") ?? "";
    expect([response.status, address]).toEqual([302, expect.stringMatching(/^\/media\/[^\s/]+\.wav$/)]);
    expect([response.headers.get("x-provider"), response.headers.get("x-model")]).toEqual(["A", "tts-1"]);
    expect(wav.equals(await (await work.app.get(address)).bytes())).toBe(true);
    const asked = work.upstream.requests.find(({ path }) => path.endsWith("/audio/speech"));
    expect(JSON.parse(asked!.body)).toMatchObject({ input, voice });
    expect(await readTaskRows(work.app, 1)).toMatchObject([{ outcome: "stop", owner: "local" }]);
  });

  test("is kept, and is nobody else's", async () => {
    await using work = await openCreate(speaking, speaker);
    const [ann, ben] = [await makeKey(work.app, "ann"), await makeKey(work.app, "ben")];
    const ask = async (who: RequestInit) => (await work.get({ audio: "true", cache: "x" }, who)).headers;
    const first = await ask(ann);
    const again = await ask(ann);
    expect([first.get("x-cache"), again.get("x-cache")]).toEqual(["miss", "hit"]);
    const address = first.get("location") ?? "";
    expect(again.get("location")).toBe(address);
    expect([(await work.app.get(address, ann)).status, (await work.app.get(address, ben)).status]).toEqual([200, 404]);
    expect((await ask(ben)).get("x-cache")).toBe("miss");
  });

  test("is 404 of an unknown provider and 501 where nobody speaks, before anybody is asked", async () => {
    await using work = await openCreate(() => openaiText("x"), { providers: [{ type: "deepseek" }] });
    const refused = async (query: Record<string, string>) => refusalOf(await work.get({ audio: "true", ...query }));
    expect(await refused({ audio_provider: "Nobody" })).toEqual([404, "provider_not_found"]);
    expect(await refused({ audio_provider: "A" })).toEqual([501, "not_offered"]);
    expect(await refused({})).toEqual([501, "not_offered"]);
    expect(await refused({ model: "" })).toEqual([501, "not_offered"]);
    expect(work.upstream.requests).toEqual([]);
    await using mute = await openCreate(() => openaiText("x"));
    for (const query of [{}, { audio_provider: "A" }] as Record<string, string>[])
      expect(await refusalOf(await mute.get({ audio: "true", ...query }))).toEqual([501, "not_offered"]);
    expect(mute.upstream.requests.map(({ method }) => method)).not.toContain("POST");
  });

  test("is a failure where what came is none, or breaks off", async () => {
    const broken = (steps: Step[]) => (speaker: Parameters<Script>[0]) =>
      speaker.path.endsWith("/audio/speech") ? steps : openaiText("The answer");
    await using nonsense = await openCreate(broken(openaiText("this is no sound")), speaker);
    expect((await nonsense.get({ audio: "true" })).status).toBe(502);
    await using cut = await openCreate(broken([...chunked([wav], "audio/wav"), { waitMs: 20 }, "reset"]), speaker);
    expect((await cut.get({ audio: "true" })).status).toBe(502);
    await using silent = await openCreate(
      ({ path }) => (path.endsWith("/speech") ? spoken : openaiText("\n")),
      speaker,
    );
    expect(await refusalOf(await silent.get({ audio: "true" }))).toEqual([502, "no_media"]);
  });
});
