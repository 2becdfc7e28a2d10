import { arrayAt, at, countAt, isObject, textAt } from "../../../../src/lib/json.ts";
import { type Answer, type Dialect, eventsOf, type Question } from "../dialect.ts";

const words = {
  rejected: "INVALID_ARGUMENT",
  "unknown key": "UNAUTHENTICATED",
  unpaid: "PERMISSION_DENIED",
  "no model": "NOT_FOUND",
  "rate limited": "RESOURCE_EXHAUSTED",
  "server error": "UNAVAILABLE",
  timeout: "DEADLINE_EXCEEDED",
};

/** https://ai.google.dev/api/generate-content */
export const gemini: Dialect = {
  name: "Gemini",
  failures: words,
  ask: (question, isStreamed) => ({
    path: `/v1beta/models/${question.model}:${isStreamed ? "streamGenerateContent?alt=sse" : "generateContent"}`,
    body: toBody(question),
  }),
  readWhole: (body) => read([body]),
  readStream: (text) => read(eventsOf(text)),
  readFailure: (body) => ({
    type: textAt(body, "error", "status"),
    message: textAt(body, "error", "message"),
  }),
  readLateFailure: (text) => gemini.readFailure(eventsOf(text).at(-1)),
};

function toBody(question: Question): object {
  const { system, text, picture, tools, forced, schema, effort, settings, earlier } = question;
  return {
    contents: [
      {
        role: "user",
        parts: [{ text }, ...(picture ? [{ inlineData: { mimeType: picture.mime, data: picture.base64 } }] : [])],
      },
      ...(earlier
        ? [
            earlier.said,
            {
              role: "user",
              parts: earlier.results.map(({ call: { id, name }, content }) => ({
                functionResponse: { ...(id && { id }), name, response: content },
              })),
            },
          ]
        : []),
    ],
    ...(tools && {
      tools: [
        {
          functionDeclarations: tools.map(({ name, description, schema: parametersJsonSchema }) => ({
            name,
            description,
            parametersJsonSchema,
          })),
        },
      ],
    }),
    ...(system && { systemInstruction: { parts: [{ text: system }] } }),
    ...(forced && { toolConfig: { functionCallingConfig: { mode: "ANY", allowedFunctionNames: [forced] } } }),
    generationConfig: {
      ...(schema && { responseMimeType: "application/json", responseJsonSchema: schema }),
      thinkingConfig: { includeThoughts: true, ...(effort && { thinkingLevel: effort.toUpperCase() }) },
      ...(settings && {
        temperature: settings.temperature,
        maxOutputTokens: settings.maxTokens,
        stopSequences: settings.stop,
        seed: settings.seed,
      }),
    },
  };
}

function read(pieces: readonly unknown[]): Answer {
  const parts = pieces.flatMap((piece) => arrayAt(piece, "candidates", 0, "content", "parts"));
  const textOf = (isThought: boolean) =>
    parts.map((part) => ((at(part, "thought") === true) === isThought ? (textAt(part, "text") ?? "") : "")).join("");
  const last = pieces.at(-1);
  const usage = at(last, "usageMetadata");
  const finish = textAt(last, "candidates", 0, "finishReason");
  const calls = parts.flatMap((part) => {
    const call = at(part, "functionCall");
    return isObject(call) ? [{ id: textAt(call, "id"), name: textAt(call, "name") ?? "", args: at(call, "args") }] : [];
  });
  return {
    text: textOf(false),
    reasoning: textOf(true),
    calls,
    // A call ends as any other answer does.
    finish: finish === "STOP" ? (calls.length > 0 ? "calls" : "stop") : finish === "MAX_TOKENS" ? "length" : "other",
    usage: {
      ...numbers("prompt", countAt(usage, "promptTokenCount")),
      ...numbers("completion", sum(countAt(usage, "candidatesTokenCount"), countAt(usage, "thoughtsTokenCount") ?? 0)),
      ...numbers("cached", countAt(usage, "cachedContentTokenCount")),
      ...numbers("reasoning", countAt(usage, "thoughtsTokenCount")),
    },
    said: { role: "model", parts },
  };
}

function sum(first: number | undefined, second: number): number | undefined {
  return first === undefined ? undefined : first + second;
}

function numbers<T extends string>(name: T, count: number | undefined): { [K in T]?: number } {
  return (count === undefined ? {} : { [name]: count }) as { [K in T]?: number };
}
