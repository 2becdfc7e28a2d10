import { ApiError, FunctionCallingConfigMode, GoogleGenAI, ThinkingLevel, Type } from "@google/genai";
import { describe, expect, test } from "bun:test";
import { openApp, providerYaml, type TestApp } from "../support/app.ts";
import { inTurns, openaiTurn, type ScriptedTurn } from "../support/calling-upstream.ts";
import { readFixture } from "../support/fixtures.ts";
import {
  answer,
  chunked,
  openaiText,
  openUpstream,
  type Script,
  type ScriptedUpstream,
  type Step,
} from "../support/scripted-upstream.ts";

interface SentMessage extends Readonly<Record<string, unknown>> {
  readonly tool_calls?: readonly Readonly<Record<string, unknown>>[];
}

/** What reaches a vendor of OpenAI's kind. */
interface SentBody {
  readonly messages: readonly SentMessage[];
  readonly tools?: readonly unknown[];
}

/** A piece of an answer, as it is on the wire. */
interface Piece {
  readonly candidates: readonly [
    { readonly content: { readonly parts: readonly [{ readonly text: string }] }; readonly finishReason?: string },
  ];
  readonly error?: object;
}

interface Parts {
  readonly ai: GoogleGenAI;
  readonly app: TestApp;
  readonly upstream: ScriptedUpstream;
  /** The body that reached the vendor last. */
  sent(): SentBody;
}

/** Their official client, the whole application, and a vendor that does what the script says. */
async function withGemini(script: Script, use: (parts: Parts) => Promise<void>, type = "openai"): Promise<void> {
  using upstream = openUpstream(script);
  await using app = await openApp({
    yaml: providerYaml({ name: "Work", type, origin: upstream.origin, models: ["m", "org/m", "gemini-2.5-flash"] }),
  });
  const ai = new GoogleGenAI({ apiKey: "any", httpOptions: { baseUrl: app.origin } });
  await use({ ai, app, upstream, sent: () => JSON.parse(upstream.requests.at(-1)?.body ?? "{}") });
}

const replay = (vendor: string, name: string) => (): Step[] => {
  const { head, body } = readFixture(vendor, name);
  return [`${head}\r\nconnection: close\r\n\r\n`, body, "close"];
};

const turns = (...all: ScriptedTurn[]) => inTurns(openaiTurn, all);

interface Read {
  readonly text: string;
  readonly thoughts: string;
  readonly calls: readonly object[];
  readonly finish: string | undefined;
  readonly usage: object | undefined;
  readonly model: string | undefined;
}

type Ask = Parameters<GoogleGenAI["models"]["generateContent"]>[0];

/** Both ways of the client to ask, read to the same. */
const ways: Readonly<Record<string, (ai: GoogleGenAI, ask: Ask) => Promise<Read>>> = {
  async whole(ai, ask) {
    return read([await ai.models.generateContent(ask)]);
  },
  async stream(ai, ask) {
    return read(await Array.fromAsync(await ai.models.generateContentStream(ask)));
  },
};

function read(pieces: Awaited<ReturnType<GoogleGenAI["models"]["generateContent"]>>[]): Read {
  const parts = pieces.flatMap(({ candidates }) => candidates?.[0]?.content?.parts ?? []);
  const textOf = (isThought: boolean) =>
    parts.map(({ text, thought }) => (Boolean(thought) === isThought ? (text ?? "") : "")).join("");
  const last = pieces.at(-1);
  return {
    text: textOf(false),
    thoughts: textOf(true),
    calls: pieces.flatMap(({ functionCalls }) => functionCalls ?? []),
    finish: last?.candidates?.[0]?.finishReason,
    usage: last?.usageMetadata,
    model: last?.modelVersion,
  };
}

interface Feature {
  readonly script: Script;
  readonly ask: Partial<Ask>;
  readonly gives: Partial<Read>;
  readonly sends?: Readonly<Record<string, unknown>>;
}

const weather = {
  name: "get_weather",
  description: "The weather of a city",
  parameters: {
    type: Type.OBJECT,
    properties: {
      city: { type: Type.STRING, nullable: true },
      days: { type: Type.ARRAY, minItems: "1", items: { type: Type.INTEGER } },
    },
    required: ["city"],
    propertyOrdering: ["city", "days"],
  },
};
const weatherSchema = {
  type: "object",
  properties: { city: { type: ["string", "null"] }, days: { type: "array", minItems: 1, items: { type: "integer" } } },
  required: ["city"],
};
const weatherTool = {
  type: "function",
  function: { name: "get_weather", description: "The weather of a city", parameters: weatherSchema },
};
const call = (city: string) => ({ name: "get_weather", json: JSON.stringify({ city }) });
const pixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

const features: Readonly<Record<string, Feature>> = {
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

const failures: Readonly<Record<string, { script: Script; ask?: Partial<Ask>; status: number; name: string }>> = {
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
  "several candidates": {
    script: () => openaiText("never"),
    ask: { config: { candidateCount: 2 } },
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
    await withGemini(turns({}), async ({ app }) => {
      const ai = new GoogleGenAI({ apiKey: "any", apiVersion: "v1beta", httpOptions: { baseUrl: app.origin } });
      const names = (await Array.fromAsync(await ai.models.list({ config: { pageSize: 1 } }))).map(({ name }) => name);
      expect(names).toContain("models/m");
      expect(names).toContain("models/org/m");
      expect((await ai.models.get({ model: "org/m" })).name).toBe("models/org/m");
      const failure = await ai.models.get({ model: "none" }).catch((thrown: unknown) => thrown);
      expect(failure).toHaveProperty("status", 404);
    });
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
