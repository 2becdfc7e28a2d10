import { ApiError, type GenerateContentParameters } from "@google/genai";
import { describe, expect, test } from "bun:test";
import { answer, openaiText, type Script } from "../../support/scripted-upstream.ts";
import { replay, ways, withGemini } from "./asking.ts";

const failures: Readonly<
  Record<string, { script: Script; ask?: Partial<GenerateContentParameters>; status: number; name: string }>
> = {
  "what the vendor refuses": {
    script: () => answer(400, { error: { message: "bad" } }),
    status: 400,
    name: "INVALID_ARGUMENT",
  },
  "a key that the vendor does not know": {
    script: () => answer(401, { error: { message: "who?" } }),
    status: 401,
    name: "UNAUTHENTICATED",
  },
  "an empty purse": {
    script: () => answer(402, { error: { message: "pay" } }),
    status: 402,
    name: "PERMISSION_DENIED",
  },
  "a model that is not there": {
    script: () => answer(404, { error: { message: "no" } }),
    status: 404,
    name: "NOT_FOUND",
  },
  "too much at once": {
    script: () => answer(429, { error: { message: "slow" } }, { "retry-after": "7" }),
    status: 429,
    name: "RESOURCE_EXHAUSTED",
  },
  "a vendor that fails": { script: () => answer(500, { error: { message: "oh" } }), status: 502, name: "UNAVAILABLE" },
  "what is of another type": {
    script: () => openaiText("never"),
    ask: { config: { temperature: "warm" as unknown as number } },
    status: 400,
    name: "INVALID_ARGUMENT",
  },
  "more candidates than there are": {
    script: () => openaiText("never"),
    ask: { config: { candidateCount: 9 } },
    status: 400,
    name: "INVALID_ARGUMENT",
  },
  "a tool of the vendor's own": {
    script: () => openaiText("never"),
    ask: { config: { tools: [{ codeExecution: {} }] } },
    status: 400,
    name: "INVALID_ARGUMENT",
  },
};

describe("Gemini's client is told", () => {
  for (const [way, ask] of Object.entries(ways)) {
    test.each(Object.entries(failures))(
      `before the first word, ${way}: %s`,
      async (_, { script, status, name, ...rest }) => {
        await withGemini(script, async ({ ai }) => {
          const failure = await ask(ai, { model: "Work/m", contents: "Hello", ...rest.ask }).catch(
            (thrown: unknown) => thrown,
          );
          expect(failure).toBeInstanceOf(ApiError);
          expect(failure).toHaveProperty("status", status);
          expect(JSON.parse((failure as ApiError).message)).toEqual({
            error: { code: status, message: expect.any(String), status: name },
          });
        });
      },
    );
  }

  test("of a failure after the first word, as the stream's last event", async () => {
    await withGemini(replay("openai", "stream-error"), async ({ ai }) => {
      const stream = await ai.models.generateContentStream({ model: "m", contents: "Hello" });
      let text = "";
      const reading = (async () => {
        for await (const piece of stream) text += piece.text ?? "";
      })();
      const failure = await reading.catch((thrown: unknown) => thrown);
      expect(failure).toBeInstanceOf(ApiError);
      expect(failure).toHaveProperty("status", 502);
      expect(text).not.toBe("");
    });
  });
});
