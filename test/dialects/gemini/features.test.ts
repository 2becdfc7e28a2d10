import { describe, expect, test } from "bun:test";
import { replay, ways, withGemini } from "./asking.ts";
import { features } from "./features.ts";

describe("Gemini's client", () => {
  for (const [way, ask] of Object.entries(ways)) {
    test.each(Object.entries(features))(`is answered, ${way}: %s`, async (_, feature) => {
      await withGemini(feature.script, async ({ ai, sent }) => {
        expect(await ask(ai, { model: "m", contents: "Hello", ...feature.ask })).toMatchObject(feature.gives);
        expect(sent()).toMatchObject(feature.sends ?? {});
      });
    });

    test(`reads all numbers of usage, ${way}`, async () => {
      await withGemini(
        replay("gemini", "reasoning"),
        async ({ ai }) => {
          const { usage, text, thoughts } = await ask(ai, {
            model: "gemini-2.5-flash",
            contents: "2+2?",
            config: { thinkingConfig: { includeThoughts: true } },
          });
          expect({ text, thoughts }).toEqual({ text: "It is 4.", thoughts: "**Considering**\n\nLet me see." });
          expect(usage).toEqual({
            promptTokenCount: 9,
            candidatesTokenCount: 4,
            thoughtsTokenCount: 30,
            cachedContentTokenCount: 2,
            totalTokenCount: 43,
          });
        },
        "gemini",
      );
    });
  }
});
