import { arrayAt, at, textAt } from "../../../../src/lib/json.ts";
import { answer, chunked, lastChunk } from "../../../support/scripted-upstream.ts";
import { complaint, retryAfterSeconds, type Wire } from "../wire.ts";
import { toText } from "./reading.ts";

const callId = "fc_1";
const signature = "CpcBAdHtim9pQ";

const failures = {
  rejected: [400, "INVALID_ARGUMENT"],
  // https://ai.google.dev/gemini-api/docs/troubleshooting
  "unknown key": [400, "INVALID_ARGUMENT"],
  unpaid: [402, "FAILED_PRECONDITION"],
  "no model": [404, "NOT_FOUND"],
  "rate limited": [429, "RESOURCE_EXHAUSTED"],
  "server error": [500, "INTERNAL"],
  timeout: [504, "DEADLINE_EXCEEDED"],
} as const;

const details: Readonly<Record<string, object>> = {
  "unknown key": { "@type": "type.googleapis.com/google.rpc.ErrorInfo", reason: "API_KEY_INVALID" },
  "rate limited": { "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay: `${retryAfterSeconds}s` },
};

const piece = (parts: readonly object[], more: object = {}, rest: object = {}) =>
  `data: ${JSON.stringify({ candidates: [{ content: { parts, role: "model" }, index: 0, ...more }], modelVersion: "gemini-3.5-flash", responseId: "r", ...rest })}\r\n\r\n`;

/** https://ai.google.dev/api/generate-content */
export const gemini: Wire = {
  name: "Gemini",
  type: "gemini",
  model: "gemini-3.5-flash",
  callId,
  signature,
  say: ({ text, reasoning, calls = [], usage }) => [
    ...chunked([
      ...(reasoning === undefined ? [] : [piece([{ text: reasoning, thought: true }])]),
      ...(text === undefined ? [] : [piece([{ text }])]),
      ...(calls.length === 0
        ? []
        : [
            piece(
              calls.map(({ name, args }, index) => ({
                functionCall: { id: index === 0 ? callId : `${callId}_${index}`, name, args },
                ...(index === 0 && { thoughtSignature: signature }),
              })),
            ),
          ]),
      piece(
        [{ text: "" }],
        { finishReason: "STOP" },
        usage && {
          usageMetadata: {
            promptTokenCount: usage.prompt,
            candidatesTokenCount: usage.completion - usage.reasoning,
            thoughtsTokenCount: usage.reasoning,
            cachedContentTokenCount: usage.cached,
            totalTokenCount: usage.prompt + usage.completion,
          },
        },
      ),
    ]),
    lastChunk,
  ],
  begin: (text) => chunked([piece([{ text }])]),
  fail(kind) {
    const [code, status] = failures[kind];
    const detail = details[kind];
    return answer(code, { error: { code, message: complaint, status, ...(detail && { details: [detail] }) } });
  },
  failLate: (text) => [
    ...chunked([
      piece([{ text }]),
      `data: ${JSON.stringify({ error: { code: 500, message: complaint, status: "INTERNAL" } })}\r\n\r\n`,
    ]),
    lastChunk,
  ],
  hear(body, { path }) {
    const contents = arrayAt(body, "contents");
    const parts = contents.flatMap((content) => arrayAt(content, "parts"));
    const inline = parts.find((part) => at(part, "inlineData"));
    const config = at(body, "generationConfig");
    return {
      model: /models\/([^:]+):/.exec(path)?.[1],
      system: toText(at(body, "systemInstruction", "parts")),
      text: toText(at(contents[0], "parts")),
      picture: inline
        ? { mime: textAt(inline, "inlineData", "mimeType") ?? "", base64: textAt(inline, "inlineData", "data") ?? "" }
        : undefined,
      tools: arrayAt(body, "tools", 0, "functionDeclarations").map((tool) => ({
        name: textAt(tool, "name") ?? "",
        description: textAt(tool, "description") ?? "",
        schema: Object(at(tool, "parametersJsonSchema")),
      })),
      forced: textAt(body, "toolConfig", "functionCallingConfig", "allowedFunctionNames", 0),
      schemaName: undefined,
      schema: at(config, "responseJsonSchema"),
      effort: at(config, "thinkingConfig", "thinkingLevel"),
      settings: {
        temperature: at(config, "temperature"),
        maxTokens: at(config, "maxOutputTokens"),
        stop: at(config, "stopSequences"),
        seed: at(config, "seed"),
      } as object,
      calls: parts.flatMap((part) => {
        const name = textAt(part, "functionCall", "name");
        return name === undefined
          ? []
          : [{ id: textAt(part, "functionCall", "id"), name, args: at(part, "functionCall", "args") }];
      }),
      results: parts.flatMap((part) => {
        const name = textAt(part, "functionResponse", "name");
        return name === undefined
          ? []
          : [{ id: textAt(part, "functionResponse", "id"), name, content: at(part, "functionResponse", "response") }];
      }),
      signature: parts.map((part) => textAt(part, "thoughtSignature")).find((each) => each !== undefined),
    };
  },
};
