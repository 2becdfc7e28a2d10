import { describe, expect, test } from "bun:test";
import { call, turns, weather, withGemini } from "./asking.ts";

describe("a conversation of Gemini's client", () => {
  test("goes on with the results of its tools, which keep their calls' ids", async () => {
    await withGemini(turns({ calls: [call("Rome"), call("Oslo")] }, { text: "Warm." }), async ({ ai, sent }) => {
      const chat = ai.chats.create({ model: "m", config: { tools: [{ functionDeclarations: [weather] }] } });
      const { functionCalls = [] } = await chat.sendMessage({ message: "Where is it warm?" });
      const results = functionCalls.map(({ id, name, args }) => ({
        functionResponse: { id, name, response: { city: args?.city, degrees: 20 } },
      }));
      expect((await chat.sendMessage({ message: results })).text).toBe("Warm.");
      expect(sent().messages.slice(1)).toEqual([
        {
          role: "assistant",
          content: null,
          tool_calls: [
            { id: "call_1_0", type: "function", function: { name: "get_weather", arguments: '{"city":"Rome"}' } },
            { id: "call_1_1", type: "function", function: { name: "get_weather", arguments: '{"city":"Oslo"}' } },
          ],
        },
        { role: "tool", tool_call_id: "call_1_0", content: '{"city":"Rome","degrees":20}' },
        { role: "tool", tool_call_id: "call_1_1", content: '{"city":"Oslo","degrees":20}' },
      ]);
      // Both turns are good ones to the client, which sends no others again.
      expect(chat.getHistory(true)).toHaveLength(4);
    });
  });

  test("keeps what was said as it came", async () => {
    await withGemini(turns({ text: "Hello." }, { text: "Again." }), async ({ ai, sent }) => {
      const chat = ai.chats.create({ model: "m" });
      for await (const _ of await chat.sendMessageStream({ message: "Hi" }));
      for await (const _ of await chat.sendMessageStream({ message: "More" }));
      expect(chat.getHistory(true).length).toBeGreaterThanOrEqual(4);
      expect(
        sent()
          .messages.map(({ content }) => content)
          .join("|"),
      ).toBe("Hi|Hello.|More");
    });
  });

  test("matches results without ids by name and order", async () => {
    const functionCall = (city: string) => ({ functionCall: { name: "get_weather", args: { city } } });
    const functionResponse = (response: object) => ({ functionResponse: { name: "get_weather", response } });
    await withGemini(turns({ text: "Warm." }), async ({ app, sent }) => {
      const response = await app.get("/v1beta/models/Work%2Fm:generateContent", {
        method: "POST",
        body: JSON.stringify({
          system_instruction: { parts: [{ text: "Be short." }] },
          contents: [
            { role: "user", parts: [{ text: "Where?" }] },
            { role: "model", parts: [{ text: "I look.", thought: true }, functionCall("Rome"), functionCall("Oslo")] },
            { role: "function", parts: [functionResponse({ degrees: 30 }), functionResponse({ degrees: -5 })] },
          ],
          generation_config: { max_output_tokens: 9, thinking_config: { thinking_budget: 0 } },
        }),
      });
      expect(response.status).toBe(200);
      const { messages, ...rest } = sent();
      expect(rest).toMatchObject({ max_tokens: 9, reasoning_effort: "none" });
      expect(messages[0]).toEqual({ role: "system", content: "Be short." });
      const ids = messages[2]?.tool_calls?.map(({ id }) => id) ?? [];
      expect(new Set(ids).size).toBe(2);
      expect(messages.slice(3)).toEqual([
        { role: "tool", tool_call_id: ids[0], content: '{"degrees":30}' },
        { role: "tool", tool_call_id: ids[1], content: '{"degrees":-5}' },
      ]);
    });
  });
});
