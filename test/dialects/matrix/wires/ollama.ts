import { arrayAt, at, textAt } from "../../../../src/lib/json.ts";
import { answer, chunked, lastChunk } from "../../../support/scripted-upstream.ts";
import { complaint, retryAfterSeconds, type Wire } from "../wire.ts";
import { jsonOf } from "./reading.ts";

const callId = "call_abc123";
const statuses = {
  rejected: 400,
  "unknown key": 401,
  unpaid: 402,
  "no model": 404,
  "rate limited": 429,
  "server error": 500,
  timeout: 504,
};

const line = (message: object, rest: object = { done: false }) =>
  `${JSON.stringify({ model: "qwen3:8b", created_at: "2026-01-01T00:00:00Z", message: { role: "assistant", content: "", ...message }, ...rest })}\n`;

/** https://github.com/ollama/ollama/blob/main/docs/api.md */
export const ollama: Wire = {
  name: "Ollama",
  type: "ollama",
  model: "qwen3:8b",
  callId,
  signature: undefined,
  say: ({ text, reasoning, calls = [], usage }) => [
    ...chunked(
      [
        ...(reasoning === undefined ? [] : [line({ thinking: reasoning })]),
        ...(text === undefined ? [] : [line({ content: text })]),
        ...calls.map(({ name, args }, index) =>
          line({
            tool_calls: [
              { id: index === 0 ? callId : `${callId}_${index}`, function: { index, name, arguments: args } },
            ],
          }),
        ),
        line(
          {},
          {
            done: true,
            done_reason: "stop",
            total_duration: 5191566416,
            load_duration: 1000000,
            ...(usage && { prompt_eval_count: usage.prompt, eval_count: usage.completion }),
          },
        ),
      ],
      "application/x-ndjson",
    ),
    lastChunk,
  ],
  begin: (text) => chunked([line({ content: text })], "application/x-ndjson"),
  fail: (kind) =>
    answer(statuses[kind], { error: complaint }, kind === "rate limited" ? { "retry-after": retryAfterSeconds } : {}),
  failLate: (text) => [
    ...chunked([line({ content: text }), `${JSON.stringify({ error: complaint })}\n`], "application/x-ndjson"),
    lastChunk,
  ],
  hear(body) {
    const messages = arrayAt(body, "messages");
    const user = messages.find((message) => textAt(message, "role") === "user");
    const image = textAt(user, "images", 0);
    return {
      model: textAt(body, "model"),
      system:
        textAt(
          messages.find((message) => textAt(message, "role") === "system"),
          "content",
        ) ?? "",
      text: textAt(user, "content") ?? "",
      picture: image === undefined ? undefined : { base64: image },
      tools: arrayAt(body, "tools").map((tool) => ({
        name: textAt(tool, "function", "name") ?? "",
        description: textAt(tool, "function", "description") ?? "",
        schema: Object(at(tool, "function", "parameters")),
      })),
      forced: undefined,
      schemaName: undefined,
      schema: at(body, "format"),
      effort: at(body, "think"),
      settings: {
        temperature: at(body, "options", "temperature"),
        maxTokens: at(body, "options", "num_predict"),
        stop: at(body, "options", "stop"),
        seed: at(body, "options", "seed"),
      } as object,
      calls: messages
        .flatMap((message) => arrayAt(message, "tool_calls"))
        .map((call) => ({
          id: textAt(call, "id"),
          name: textAt(call, "function", "name") ?? "",
          args: at(call, "function", "arguments"),
        })),
      results: messages
        .filter((message) => textAt(message, "role") === "tool")
        .map((message) => ({
          id: textAt(message, "tool_call_id"),
          name: textAt(message, "tool_name"),
          content: jsonOf(at(message, "content")),
        })),
      signature: undefined,
    };
  },
};
