import { expect, test } from "bun:test";
import { anthropic } from "../../src/providers/adapters/anthropic.ts";
import { gemini } from "../../src/providers/adapters/gemini.ts";
import { createModel, isChatModel } from "../../src/providers/model-traits.ts";

const limits = { connectMs: 1, isProxied: false, firstByteMs: 1, loadMs: 1, silenceMs: 1 };

test("the models that an adapter proposes are known for what they can do", () => {
  for (const adapter of [anthropic, gemini])
    for (const name of adapter.open({ name: adapter.name, limits }).usualModels)
      expect(createModel(name)).toMatchObject({ id: name, vision: true, tools: true, reasoning: true });
});

test("traits follow a model's family, whoever offers it", () => {
  const reasons = ["claude-3-7-sonnet-20250219", "claude-opus-4-1", "claude-fable-5-1", "anthropic/claude-sonnet-5-5"];
  for (const id of reasons) expect(createModel(id)).toMatchObject({ id, vision: true, reasoning: true });
  expect(createModel("claude-3-5-haiku-20241022")).toMatchObject({ vision: true, reasoning: false });
  for (const id of ["claude-2.1", "claude-instant-1.2"])
    expect(createModel(id)).toMatchObject({ id, vision: false, reasoning: false });
  expect(createModel("gemini-2.0-flash")).toMatchObject({ vision: true, reasoning: false });
});

test("models that embed, draw or listen are no default for a chat", () => {
  for (const id of [
    "all-minilm:latest",
    "bge-m3",
    "nomic-embed-text",
    "whisper-1",
    "dall-e-3",
    "chatgpt-image-latest",
    "gpt-image-2.6-flare",
    "grok-imagine-image",
  ])
    expect([id, isChatModel(createModel(id))]).toEqual([id, false]);
  expect(isChatModel(createModel("llama3.2:latest"))).toBe(true);
});
