import { expect, test } from "bun:test";
import type { EmbeddingRequest } from "../../../src/providers/media.ts";
import type { Adapter } from "../../../src/providers/provider.ts";
import { adapters } from "../../../src/providers/registry.ts";
import { callOf, openWith } from "../../support/media.ts";
import { answer } from "../../support/scripted-upstream.ts";

const adapterOf = (name: string): Adapter => {
  const found = adapters.find((adapter) => adapter.name === name);
  if (!found) throw new Error(`no ${name}`);
  return found;
};

const entry = (index: number, ...embedding: number[]) => ({ object: "embedding", index, embedding });
const list = (...data: unknown[]) => ({
  object: "list",
  data,
  model: "m",
  usage: { prompt_tokens: 4, total_tokens: 4 },
});

async function embedded(name: string, request: Partial<EmbeddingRequest>, ...answers: unknown[]) {
  using it = openWith(adapterOf(name), (_request, count) => answer(200, answers[count - 1]));
  const embeddings = await it.provider.embed?.({ model: "m", texts: ["a", "b"], ...request }, callOf());
  return { embeddings, sent: it.upstream.requests.map(({ path, body }) => ({ path, body: JSON.parse(body) })) };
}

test("texts become vectors in their order, as each vendor wants to be asked", async () => {
  const names = ["OpenAI", "AzureOpenAI", "Together", "Mistral", "DeepInfra", "Fireworks", "Cohere", "OpenRouter"];
  for (const name of [...names, "LMStudio", "LlamaCpp", "VLLM"]) {
    const { embeddings, sent } = await embedded(name, {}, list(entry(1, 0.3, 0.4), entry(0, 0.1, -0.2)));
    expect([name, embeddings]).toEqual([
      name,
      {
        vectors: [
          [0.1, -0.2],
          [0.3, 0.4],
        ],
        promptTokens: 4,
      },
    ]);
    const fields = name === "Cohere" ? { encoding_format: "float" } : {};
    expect(sent).toEqual([{ path: "/embeddings", body: { ...fields, model: "m", input: ["a", "b"] } }]);
  }
});

test("the length of vectors is asked for in the vendor's word, and refused where it has none", async () => {
  const sentTo = async (name: string) =>
    (await embedded(name, { dimensions: 2 }, list(entry(0, 1, 2), entry(1, 3, 4)))).sent[0]?.body;
  expect(await sentTo("OpenAI")).toMatchObject({ dimensions: 2 });
  expect(await sentTo("Mistral")).toEqual({ model: "m", input: ["a", "b"], output_dimension: 2 });
  for (const name of ["Cohere", "Together"])
    await expect(sentTo(name)).rejects.toMatchObject({ reason: "upstream_rejected" });
});

test("more texts than a request may hold go in several", async () => {
  const texts = Array.from({ length: 97 }, (_, index) => `text ${index}`);
  const first = list(...texts.slice(0, 96).map((_, index) => entry(index, index)));
  const { embeddings, sent } = await embedded("Cohere", { texts }, first, list(entry(0, 96)));
  expect(embeddings?.vectors).toEqual(texts.map((_, index) => [index]));
  expect(embeddings?.promptTokens).toBe(8);
  expect(sent.map(({ body }) => body.input.length)).toEqual([96, 1]);
  expect(await embedded("OpenAI", { texts: [] })).toEqual({ embeddings: { vectors: [] }, sent: [] });
});

test("vectors that are missing, doubled or none are a failure", async () => {
  const wrong = [list(entry(0, 1)), list(entry(0, 1), entry(0, 2)), list(entry(0, 1), entry(1)), { data: "x" }];
  for (const body of wrong) {
    await expect(embedded("OpenAI", {}, body)).rejects.toMatchObject({ reason: "upstream_failed" });
    await expect(embedded("Ollama", {}, body)).rejects.toMatchObject({ reason: "upstream_failed" });
  }
});

test("Ollama is asked in its own words", async () => {
  const told = {
    model: "all-minilm",
    embeddings: [
      [0.01, -0.02],
      [0.03, 0.04],
    ],
    total_duration: 14143917,
    prompt_eval_count: 8,
  };
  const { embeddings, sent } = await embedded("Ollama", { model: "all-minilm", dimensions: 2 }, told);
  expect(embeddings).toEqual({ vectors: told.embeddings, promptTokens: 8 });
  expect(sent).toEqual([{ path: "/api/embed", body: { model: "all-minilm", input: ["a", "b"], dimensions: 2 } }]);
});

test("a capability is there only where the vendor has it", () => {
  const has = (name: string) => {
    using it = openWith(adapterOf(name), () => []);
    const { makes, generate, speak, transcribe, embed } = it.provider;
    return Object.entries({ makes, generate, speak, transcribe, embed }).flatMap(([method, is]) =>
      is ? [method] : [],
    );
  };
  expect(has("OpenAI")).toEqual(["makes", "generate", "speak", "transcribe", "embed"]);
  expect(has("xAI")).toEqual(["makes", "generate"]);
  expect(has("Groq")).toEqual(["makes", "speak", "transcribe"]);
  expect(has("Mistral")).toEqual(["transcribe", "embed"]);
  expect(has("Ollama")).toEqual(["embed"]);
  for (const name of ["Nvidia", "DeepSeek", "Cerebras"]) expect([name, has(name)]).toEqual([name, []]);
});
