import { GoogleGenAI } from "@google/genai";
import { describe, expect, test } from "bun:test";
import { answer, chunked } from "../../support/scripted-upstream.ts";
import { type Piece, replay, turns, weather, withGemini } from "./asking.ts";

describe("Gemini's API", () => {
  test("gives a stream without alt=sse as an array that grows", async () => {
    await withGemini(turns({ text: "Hello" }), async ({ app }) => {
      const ask = { method: "POST", body: JSON.stringify({ contents: [{ parts: [{ text: "Hi" }] }] }) };
      const response = await app.get("/v1beta/models/m:streamGenerateContent", ask);
      expect(response.headers.get("content-type")).toStartWith("application/json");
      const pieces: Piece[] = JSON.parse(await response.text());
      expect(pieces.map(({ candidates }) => candidates[0].content.parts[0].text).join("")).toBe("Hello");
      expect(pieces.at(-1)?.candidates[0].finishReason).toBe("STOP");
    });
  });

  test("ends such an array with the failure", async () => {
    await withGemini(replay("openai", "stream-error"), async ({ app }) => {
      const ask = { method: "POST", body: JSON.stringify({ contents: [{ parts: [{ text: "Hi" }] }] }) };
      const pieces: Piece[] = JSON.parse(await (await app.get("/v1beta/models/m:streamGenerateContent", ask)).text());
      expect(pieces.at(-1)?.error).toMatchObject({ code: 502, status: "UNAVAILABLE" });
    });
  });

  test("counts tokens, of contents and of whole requests", async () => {
    await withGemini(turns({}), async ({ ai, app, upstream }) => {
      const { totalTokens } = await ai.models.countTokens({
        model: "m",
        contents: "How many tokens are in this sentence?",
      });
      expect(totalTokens).toBeGreaterThan(5);
      const body = JSON.stringify({
        generateContentRequest: {
          model: "models/m",
          contents: [{ parts: [{ text: "How many tokens are in this sentence?" }] }],
        },
      });
      const response = await app.get("/v1beta/models/m:countTokens", { method: "POST", body });
      expect(await response.json()).toEqual({ totalTokens });
      expect(upstream.requests).toEqual([]);
    });
  });

  test("embeds texts, one or several", async () => {
    const embeddings = (request: { body: string }) =>
      answer(200, {
        data: [JSON.parse(request.body).input]
          .flat()
          .map((_: string, index: number) => ({ index, embedding: [index, 1] })),
        usage: { prompt_tokens: 3 },
      });
    await withGemini(embeddings, async ({ ai, app, sent }) => {
      const { embeddings } = await ai.models.embedContent({
        model: "Work/m",
        contents: ["one", "two"],
        config: { outputDimensionality: 2 },
      });
      expect(embeddings).toEqual([{ values: [0, 1] }, { values: [1, 1] }]);
      expect(sent()).toMatchObject({ model: "m", input: ["one", "two"], dimensions: 2 });
      const body = JSON.stringify({ content: { parts: [{ text: "one" }] } });
      const response = await app.get("/v1beta/models/Work/m:embedContent", { method: "POST", body });
      expect(await response.json()).toEqual({ embedding: { values: [0, 1] } });
    });
  });

  test("lists models, page by page, and tells of one", async () => {
    await withGemini(turns({}), async ({ app, ai: newer }) => {
      const older = new GoogleGenAI({ apiKey: "any", apiVersion: "v1beta", httpOptions: { baseUrl: app.origin } });
      for (const ai of [newer, older]) await listsModels(ai);
      const theirs = await (await app.get("/v1/models")).json();
      expect(theirs).toHaveProperty("object", "list");
    });

    async function listsModels(ai: GoogleGenAI): Promise<void> {
      const names = (await Array.fromAsync(await ai.models.list({ config: { pageSize: 1 } }))).map(({ name }) => name);
      expect(names).toContain("models/m");
      expect(names).toContain("models/org/m");
      expect((await ai.models.get({ model: "org/m" })).name).toBe("models/org/m");
      const failure = await ai.models.get({ model: "none" }).catch((thrown: unknown) => thrown);
      expect(failure).toHaveProperty("status", 404);
    }
  });

  test("ends the vendor's answer when its client leaves", async () => {
    await withGemini(
      () => [...chunked(['data: {"model":"m","choices":[{"delta":{"content":"Hello"}}]}\n\n']), "hang"],
      async ({ ai, upstream }) => {
        const leaving = new AbortController();
        const stream = await ai.models.generateContentStream({
          model: "m",
          contents: "Hi",
          config: { abortSignal: leaving.signal },
        });
        expect((await stream.next()).value?.text).toBe("Hello");
        leaving.abort();
        await stream.next().catch(() => {});
        expect(await upstream.requests[0]?.closed).toBeNumber();
      },
    );
  });

  test.each<[string, unknown, RegExp]>([
    ["no contents", {}, /contents is missing/],
    ["contents of another type", { contents: 7 }, /contents: expected an array of contents/],
    ["a role of nobody", { contents: [{ role: "robot", parts: [] }] }, /contents\[0\]\.role: expected user or model/],
    ["an empty part", { contents: [{ parts: [{}] }] }, /contents\[0\]\.parts\[0\]: expected text/],
    [
      "a result without its call",
      { contents: [{ parts: [{ functionResponse: { name: "f", response: {} } }] }] },
      /contents\[0\]\.parts\[0\]\.functionResponse: expected the answer to a functionCall/,
    ],
    ["a cache", { contents: [{ parts: [{ text: "Hi" }] }], cached_content: "cachedContents/1" }, /cachedContent/],
    ["nothing to say", { contents: [] }, /messages: expected/],
  ])("refuses %s", async (_, body, message) => {
    await withGemini(turns({}), async ({ app, upstream }) => {
      const response = await app.get("/v1beta/models/m:generateContent", {
        method: "POST",
        body: JSON.stringify(body),
      });
      expect(response.status).toBe(400);
      expect((await response.json()).error.message).toMatch(message);
      expect(upstream.requests).toEqual([]);
    });
  });

  test.each(["m:explainContent", "m"])("has nothing at /v1beta/models/%s", async (path) => {
    await withGemini(turns({}), async ({ app }) => {
      const response = await app.get(`/v1beta/models/${path}`, { method: "POST", body: "{}" });
      expect(response.status).toBe(404);
      expect((await response.json()).error.status).toBe("NOT_FOUND");
    });
  });

  test("takes ten thousand tools", async () => {
    await withGemini(turns({ text: "Hi" }), async ({ app, sent }) => {
      const functionDeclarations = Array.from({ length: 10_000 }, (_, index) => ({ ...weather, name: `f${index}` }));
      const body = JSON.stringify({ contents: [{ parts: [{ text: "Hi" }] }], tools: [{ functionDeclarations }] });
      const response = await app.get("/v1beta/models/m:generateContent", { method: "POST", body });
      expect(response.status).toBe(200);
      expect(sent().tools).toHaveLength(10_000);
    });
  });
});
