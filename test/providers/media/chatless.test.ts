import { expect, test } from "bun:test";
import { openApp } from "../../support/app.ts";
import { readEvents, textOf } from "../../support/events.ts";
import { answer, openaiText, openUpstream } from "../../support/scripted-upstream.ts";

const messages = [{ role: "user", content: "Hello" }];
const voices = [
  { model_id: "eleven_v3", name: "Eleven v3", can_do_text_to_speech: true },
  { model_id: "eleven_multilingual_v2", name: "Eleven Multilingual v2", can_do_text_to_speech: true },
];

/** ElevenLabs in front, and one that chats behind it if there is an address for it. */
function settings(voice: string, chat?: string): string {
  const key = { api_key: "test-key-0123" };
  return Bun.YAML.stringify({
    providers: [
      { name: "Voice", type: "elevenlabs", base_url: voice, ...key },
      ...(chat === undefined ? [] : [{ name: "Chat", type: "openai", base_url: chat, models: ["m"], ...key }]),
    ],
  });
}

test("a provider without a chat is listed, with a default of its own, and left alone by the router", async () => {
  using voice = openUpstream(() => answer(200, voices));
  using chat = openUpstream(() => openaiText("Hi"));
  await using app = await openApp({ yaml: settings(voice.origin, chat.origin) });
  const events = await readEvents(await app.post({ messages }));
  expect(textOf(events)).toBe("Hi");
  expect(events.filter(({ type }) => type === "error")).toEqual([]);
  expect(voice.requests.every(({ path }) => path === "/models")).toBe(true);
  const models = await (await app.get("/backend-api/v2/models/Voice")).json();
  expect(models).toMatchObject([
    { id: "eleven_v3", audio: true, default: false },
    { id: "eleven_multilingual_v2", audio: true, default: true },
    { id: "scribe_v2", default: false },
  ]);
  const providers = await (await app.get("/backend-api/v2/providers")).json();
  expect(providers).toContainEqual(expect.objectContaining({ name: "Voice", audio: 3, image: 0, configured: true }));
});

test("a chat of it is refused where it is named, and goes to the last resort where it is not", async () => {
  using voice = openUpstream(() => answer(200, voices));
  await using app = await openApp({ yaml: settings(voice.origin) });
  const events = await readEvents(await app.post({ messages, provider: "Voice", model: "scribe_v2" }));
  expect(events.find(({ type }) => type === "error")).toMatchObject({
    message: "BadRequestError: Voice answers no chats: name one of its models that makes media",
  });
  expect(events.filter(({ type }) => type === "finish")).toHaveLength(1);
  expect(textOf(await readEvents(await app.post({ messages })))).not.toBe("");
  expect(voice.requests.every(({ path }) => path === "/models")).toBe(true);
});
