import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { GenerateRequest } from "ollama";
import { openaiText, type Script } from "../../support/scripted-upstream.ts";
import { toPng } from "../../support/pictures.ts";
import { type Answer, type AskedServer, generate, openAskedServer, recorded, ways } from "./asking.ts";

const jpeg = "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAMCAgICAgMCAgIDAwMDBAYEBAQEBAgGBgUGCQgKCgkICQkKDA8MCgsOCwkJ";
const webp = Buffer.from("RIFF\x24\x00\x00\x00WEBPVP8 ", "latin1").toString("base64");
const png = toPng(1, 1, () => [0, 0, 255, 255]).toString("base64");
const schema = { type: "object", properties: { n: { type: "integer" } } };

interface Feature {
  readonly name: string;
  readonly script?: Script;
  readonly asked: Omit<GenerateRequest, "model" | "stream">;
  readonly sent?: object;
  readonly answer?: { readonly [K in keyof Answer]?: unknown };
}

const features: readonly Feature[] = [
  {
    name: "a prompt",
    script: () => recorded("openai", "text"),
    asked: { prompt: "Hello" },
    sent: { model: "m", messages: [{ role: "user", content: "Hello" }] },
    answer: {
      content: "Hello! How can I help — 你好 👋?",
      last: expect.objectContaining({ done: true, done_reason: "stop", prompt_eval_count: 9, eval_count: 12 }),
    },
  },
  {
    name: "a prompt with its system",
    asked: { prompt: "Hello", system: "Be brief" },
    sent: {
      messages: [
        { role: "system", content: "Be brief" },
        { role: "user", content: "Hello" },
      ],
    },
  },
  {
    name: "thinking",
    script: () => recorded("openai", "reasoning"),
    asked: { prompt: "Hello", think: true },
    sent: { reasoning_effort: "medium" },
    answer: { thinking: "Let me see.", content: expect.stringContaining("It is ") },
  },
  {
    name: "pictures, told by their bytes",
    asked: { prompt: "What?", images: [png, jpeg, webp, `data:image/jpg;base64,${png}`] },
    sent: {
      messages: [
        {
          content: [
            { type: "text", text: "What?" },
            ...[`png;base64,${png}`, `jpeg;base64,${jpeg}`, `webp;base64,${webp}`, `png;base64,${png}`].map((rest) => ({
              type: "image_url",
              image_url: { url: `data:image/${rest}` },
            })),
          ],
        },
      ],
    },
  },
  {
    name: "JSON that fits a schema",
    asked: { prompt: "One", format: schema, options: { temperature: 0 } },
    sent: { temperature: 0, response_format: { type: "json_schema", json_schema: { name: "answer", schema } } },
  },
  {
    name: "what is about a model's own text, which is passed over",
    asked: { prompt: "Hello", template: "{{ .Prompt }}", raw: true, context: [1, 2, 3], suffix: "", keep_alive: -1 },
    sent: { messages: [{ role: "user", content: "Hello" }] },
  },
];

describe("their client, with a prompt", () => {
  let server: AskedServer;
  beforeAll(async () => void (server = await openAskedServer()));
  afterAll(() => server[Symbol.asyncDispose]());

  for (const { name, script = () => openaiText("Ye", "s."), asked, sent = {}, answer } of features)
    for (const way of ways)
      test(`${name}, ${way}`, async () => {
        server.play(script);
        const answered = await generate(server.client, way, { model: "m", ...structuredClone(asked) });
        expect(answered.last.model).toBe("m");
        expect(answered.last).not.toHaveProperty("context");
        expect(answered).toMatchObject((answer ?? { content: "Yes." }) as object);
        expect(server.sent()).toMatchObject(sent);
      });
});
