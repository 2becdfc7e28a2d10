import { FunctionCallingConfigMode, type GenerateContentParameters, ThinkingLevel } from "@google/genai";
import { openaiText, type Script } from "../../support/scripted-upstream.ts";
import { call, pixel, type Read, replay, turns, weather, weatherSchema, weatherTool } from "./asking.ts";

export interface Feature {
  readonly script: Script;
  readonly ask: Partial<GenerateContentParameters>;
  readonly gives: Partial<Read>;
  readonly sends?: Readonly<Record<string, unknown>>;
}

export const features: Readonly<Record<string, Feature>> = {
  text: {
    script: () => openaiText("Hello ", "there"),
    ask: {},
    gives: { text: "Hello there", thoughts: "", calls: [], finish: "STOP", model: "m" },
    sends: { model: "m", messages: [{ role: "user", content: "Hello" }] },
  },
  "a model whose name holds a slash": {
    script: () => openaiText("Hi"),
    ask: { model: "org/m" },
    gives: { text: "Hi" },
    sends: { model: "org/m" },
  },
  usage: {
    script: replay("openai", "reasoning"),
    ask: { config: { thinkingConfig: { includeThoughts: true } } },
    gives: { finish: "STOP" },
  },
  "thoughts where they are asked for": {
    script: turns({ text: "<think>Let me see.</think>It is 4." }),
    ask: { config: { thinkingConfig: { includeThoughts: true, thinkingLevel: ThinkingLevel.LOW } } },
    gives: { text: "It is 4.", thoughts: "Let me see." },
    sends: { reasoning_effort: "low" },
  },
  "no thoughts where nobody asks for them": {
    script: turns({ text: "<think>Let me see.</think>It is 4." }),
    ask: { config: { thinkingConfig: { thinkingBudget: 4000 } } },
    gives: { text: "It is 4.", thoughts: "" },
    sends: { reasoning_effort: "medium" },
  },
  "a call of a tool": {
    script: turns({ text: "I look. ", calls: [call("Rome")] }),
    ask: { config: { tools: [{ functionDeclarations: [weather] }] } },
    gives: {
      text: "I look. ",
      calls: [{ id: "call_1_0", name: "get_weather", args: { city: "Rome" } }],
      finish: "STOP",
    },
    sends: { tools: [weatherTool], tool_choice: "auto" },
  },
  "calls beside each other": {
    script: turns({ calls: [call("Rome"), call("Oslo")] }),
    ask: {
      config: {
        tools: [{ functionDeclarations: [{ ...weather, parameters: undefined, parametersJsonSchema: weatherSchema }] }],
        toolConfig: {
          functionCallingConfig: { mode: FunctionCallingConfigMode.ANY, allowedFunctionNames: ["get_weather"] },
        },
      },
    },
    gives: {
      calls: [
        { id: "call_1_0", name: "get_weather", args: { city: "Rome" } },
        { id: "call_1_1", name: "get_weather", args: { city: "Oslo" } },
      ],
    },
    sends: { tools: [weatherTool], tool_choice: { type: "function", function: { name: "get_weather" } } },
  },
  "a call that is no JSON": {
    script: turns({ calls: [{ name: "get_weather", json: '{"city": ' }] }),
    ask: { config: { tools: [{ functionDeclarations: [weather] }] } },
    gives: { calls: [], finish: "MALFORMED_FUNCTION_CALL" },
  },
  "JSON of a schema": {
    script: () => openaiText('{"city":', '"Rome"}'),
    ask: { config: { responseMimeType: "application/json", responseSchema: weather.parameters } },
    gives: { text: '{"city":"Rome"}' },
    sends: { response_format: { type: "json_schema", json_schema: { name: "response", schema: weatherSchema } } },
  },
  "any JSON": {
    script: () => openaiText("{}"),
    ask: { config: { responseMimeType: "application/json" } },
    gives: { text: "{}" },
    sends: { response_format: { type: "json_object" } },
  },
  "a picture": {
    script: () => openaiText("A pixel"),
    ask: {
      contents: [{ role: "user", parts: [{ text: "What?" }, { inlineData: { mimeType: "image/png", data: pixel } }] }],
    },
    gives: { text: "A pixel" },
    sends: {
      messages: [
        {
          role: "user",
          content: [
            { type: "text", text: "What?" },
            { type: "image_url", image_url: { url: `data:image/png;base64,${pixel}` } },
          ],
        },
      ],
    },
  },
  settings: {
    script: () => openaiText("Hi"),
    ask: {
      config: {
        systemInstruction: "Be short.",
        temperature: 0.5,
        topP: 0.9,
        topK: 40,
        maxOutputTokens: 100,
        stopSequences: ["END"],
        seed: 7,
        presencePenalty: 0.1,
        frequencyPenalty: 0.2,
      },
    },
    gives: { text: "Hi" },
    sends: {
      messages: [
        { role: "system", content: "Be short." },
        { role: "user", content: "Hello" },
      ],
      temperature: 0.5,
      top_p: 0.9,
      top_k: 40,
      max_tokens: 100,
      stop: ["END"],
      seed: 7,
      presence_penalty: 0.1,
      frequency_penalty: 0.2,
    },
  },
  "an answer that is cut off": {
    script: turns({ text: "Half", finish: "length" }),
    ask: {},
    gives: { text: "Half", finish: "MAX_TOKENS" },
  },
  "an answer that is withheld": {
    script: turns({ text: "Ha", finish: "content_filter" }),
    ask: {},
    gives: { finish: "SAFETY" },
  },
};
