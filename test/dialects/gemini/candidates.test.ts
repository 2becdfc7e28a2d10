import { FinishReason, type GenerateContentResponse, Modality } from "@google/genai";
import { describe, expect, test } from "bun:test";
import { answer, chunked, lastChunk, openaiText, type Step } from "../../support/scripted-upstream.ts";
import { openaiTurn } from "../../support/calling-upstream.ts";
import { pixel, replay, withGemini } from "./asking.ts";

const ask = { model: "m", contents: "Hello" };

/** What each candidate said, by its index. */
function textsOf(pieces: readonly GenerateContentResponse[]): string[] {
  const texts: string[] = [];
  for (const { index = 0, content } of pieces.flatMap(({ candidates }) => candidates ?? []))
    texts[index] = (texts[index] ?? "") + (content?.parts ?? []).map(({ text }) => text ?? "").join("");
  return texts;
}

/** Each run has an answer of its own. */
const inOrder = (_: unknown, count: number): Step[] => openaiTurn({ text: `Answer ${count}` }, count);

describe("several candidates", () => {
  test("are runs of their own, whole", async () => {
    await withGemini(inOrder, async ({ ai, upstream }) => {
      const answered = await ai.models.generateContent({ ...ask, config: { candidateCount: 3 } });
      expect(textsOf([answered]).toSorted()).toEqual(["Answer 1", "Answer 2", "Answer 3"]);
      expect(answered.candidates?.map(({ finishReason, index }) => [finishReason, index])).toEqual([
        [FinishReason.STOP, 0],
        [FinishReason.STOP, 1],
        [FinishReason.STOP, 2],
      ]);
      expect(answered.usageMetadata).toMatchObject({ candidatesTokenCount: 30, totalTokenCount: 330 });
      expect(upstream.requests).toHaveLength(3);
    });
  });

  test.each(["sse", undefined])("come side by side in one stream, alt=%s", async (alt) => {
    await withGemini(inOrder, async ({ app }) => {
      const body = JSON.stringify({
        contents: [{ parts: [{ text: "Hello" }] }],
        generationConfig: { candidateCount: 2 },
      });
      const path = `/v1beta/models/m:streamGenerateContent${alt ? `?alt=${alt}` : ""}`;
      const text = await (await app.get(path, { method: "POST", body })).text();
      const pieces: GenerateContentResponse[] = JSON.parse(
        alt
          ? `[${text
              .trim()
              .split("\r\n\r\n")
              .map((event) => event.replace("data: ", ""))
              .join(",")}]`
          : text,
      );
      expect(textsOf(pieces).toSorted()).toEqual(["Answer 1", "Answer 2"]);
      // What all of them used stands in the last alone.
      expect(pieces.map(({ usageMetadata }) => usageMetadata?.totalTokenCount).filter(Boolean)).toEqual([220]);
      expect(pieces.at(-1)?.usageMetadata).toBeDefined();
    });
  });

  test("fail together", async () => {
    const second = (_: unknown, count: number) =>
      count === 1 ? openaiText("Hello") : answer(400, { error: { message: "bad" } });
    await withGemini(second, async ({ ai }) => {
      const failure = await ai.models
        .generateContent({ ...ask, model: "Work/m", config: { candidateCount: 2 } })
        .catch((thrown: unknown) => thrown);
      expect(failure).toHaveProperty("status", 400);
    });
  });
});

describe("how likely tokens were", () => {
  const token = (token: string, logprob: number) => ({ token, logprob, bytes: null });
  const chunk = (delta: object, content: object[] | null, finish_reason: string | null) =>
    `data: ${JSON.stringify({ model: "m", choices: [{ index: 0, delta, logprobs: content && { content }, finish_reason }] })}\n\n`;
  const script = () => [
    ...chunked([
      chunk({ content: "Hi" }, [{ ...token("Hi", -0.5), top_logprobs: [token("Hi", -0.5), token("Ho", -1.5)] }], null),
      chunk({ content: "!" }, [{ ...token("!", -1.5), top_logprobs: [] }], null),
      chunk({}, null, "stop"),
      "data: [DONE]\n\n",
    ]),
    lastChunk,
  ];
  const chosen = [
    { token: "Hi", logProbability: -0.5 },
    { token: "!", logProbability: -1.5 },
  ];
  const config = { responseLogprobs: true, logprobs: 2 };

  test("is told of a whole answer", async () => {
    await withGemini(script, async ({ ai, sent }) => {
      const { candidates } = await ai.models.generateContent({ ...ask, config });
      expect(sent()).toMatchObject({ logprobs: true, top_logprobs: 2 });
      expect(candidates?.[0]?.avgLogprobs).toBe(-1);
      expect(candidates?.[0]?.logprobsResult).toMatchObject({
        chosenCandidates: chosen,
        topCandidates: [{ candidates: [chosen[0], { token: "Ho", logProbability: -1.5 }] }, { candidates: [] }],
      });
    });
  });

  test("is told as they come", async () => {
    await withGemini(script, async ({ ai }) => {
      const pieces = await Array.fromAsync(await ai.models.generateContentStream({ ...ask, config }));
      const told = pieces.flatMap(({ candidates }) => candidates?.[0]?.logprobsResult?.chosenCandidates ?? []);
      expect(told).toEqual(chosen);
      expect(textsOf(pieces)).toEqual(["Hi!"]);
    });
  });
});

test.each([false, true])("a picture that a model draws is given as its bytes, streamed: %p", async (isStreamed) => {
  await withGemini(
    replay("gemini", "image-out"),
    async ({ ai }) => {
      const drawn = {
        model: "gemini-2.5-flash",
        contents: "A pixel",
        config: { responseModalities: [Modality.TEXT, Modality.IMAGE] },
      };
      const pieces = isStreamed
        ? await Array.fromAsync(await ai.models.generateContentStream(drawn))
        : [await ai.models.generateContent(drawn)];
      const parts = pieces.flatMap(({ candidates }) => candidates?.[0]?.content?.parts ?? []);
      expect(parts.filter(({ text }) => text !== "")).toEqual([
        { text: "Here:" },
        { inlineData: { mimeType: "image/png", data: pixel } },
      ]);
    },
    "gemini",
  );
});

test("a vendor that counts tokens itself is asked for them", async () => {
  await withGemini(
    () => answer(200, { totalTokens: 42 }),
    async ({ ai, upstream }) => {
      const { totalTokens } = await ai.models.countTokens({ model: "gemini-2.5-flash", contents: "Hello" });
      expect(totalTokens).toBe(42);
      expect(upstream.requests.map(({ path }) => path)).toEqual(["/models/gemini-2.5-flash:countTokens"]);
    },
    "gemini",
  );
});

test("a failure before the first element of an array is its one element", async () => {
  await withGemini(
    () => answer(429, { error: { message: "slow" } }),
    async ({ app }) => {
      const body = JSON.stringify({ contents: [{ parts: [{ text: "Hello" }] }] });
      const response = await app.get("/v1beta/models/Work/m:streamGenerateContent", { method: "POST", body });
      expect(response.status).toBe(429);
      expect(await response.json()).toEqual([
        { error: { code: 429, message: expect.any(String), status: "RESOURCE_EXHAUSTED" } },
      ]);
    },
  );
});
