import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { answer, type Script } from "../../support/scripted-upstream.ts";
import { type AskedServer, openAskedServer } from "./asking.ts";

const model = "text-embedding-3-small";
const vectors: Script = ({ body }) => {
  const { input } = JSON.parse(body);
  const data = [input].flat().map((_, index) => ({ index, embedding: [index, 0.5, -1e-9] }));
  return answer(200, { data, model, usage: { prompt_tokens: 7, total_tokens: 7 } });
};

describe("their client, with texts", () => {
  let server: AskedServer;
  beforeAll(async () => void (server = await openAskedServer({ models: [model, "m"] })));
  afterAll(() => server[Symbol.asyncDispose]());

  test.each([
    ["a text", "Hello", 1],
    ["texts", ["a", "b", "c"], 3],
  ])("%s", async (_, input, count) => {
    server.play(vectors);
    const asked = { model: `${model}:latest`, input, truncate: true, keep_alive: "5m", dimensions: 3 };
    const answered = await server.client.embed(asked);
    expect(answered.embeddings).toEqual(Array.from({ length: count }, (_, index) => [index, 0.5, -1e-9]));
    expect(answered).toMatchObject({ model: `${model}:latest`, prompt_eval_count: 7 });
    expect(answered.total_duration).toBeGreaterThan(0);
    expect(Number.isInteger(answered.total_duration)).toBe(true);
    expect(server.sent()).toMatchObject({ model, dimensions: 3, input: [input].flat() });
  });

  test("one text, as older tools ask", async () => {
    server.play(vectors);
    expect(await server.client.embeddings({ model, prompt: "Hello" })).toEqual({ embedding: [0, 0.5, -1e-9] });
  });

  test("no text: whether the model is there", async () => {
    const before = server.upstream.requests.length;
    for (const input of ["", []]) expect((await server.client.embed({ model, input })).embeddings).toEqual([]);
    expect(await server.client.embeddings({ model, prompt: "" })).toEqual({ embedding: [] });
    expect(server.upstream.requests).toHaveLength(before);
  });

  const failures: readonly (readonly [string, Script, object, number])[] = [
    ["a model that nobody has", vectors, { model: "nope", input: "a" }, 404],
    ["a model that nobody has, without a text", vectors, { model: "nope", input: "" }, 404],
    ["no model", vectors, { input: "a" }, 400],
    ["an input that is no text", vectors, { model, input: [1, 2] }, 400],
    ["a length that is none", vectors, { model, input: "a", dimensions: 0 }, 400],
    ["a provider that is asked too often", () => answer(429, { error: {} }), { model: `A/${model}`, input: "a" }, 429],
    ["a provider that fails", () => answer(500, { error: {} }), { model: `A/${model}`, input: "a" }, 502],
    ["a provider that is cut", () => ["reset"], { model: `A/${model}`, input: "a" }, 502],
  ];
  test.each(failures)("%s", async (_, script, body, status) => {
    server.play(script);
    for (const path of ["/api/embed", "/api/embeddings"]) {
      const { input, ...rest } = body as { input?: unknown };
      const asked = path.endsWith("s") ? { prompt: input, ...rest } : body;
      if (path.endsWith("s") && "dimensions" in rest) continue;
      const response = await server.post(path, asked);
      expect([path, response.status, await response.json()]).toEqual([path, status, { error: expect.any(String) }]);
    }
  });
});
