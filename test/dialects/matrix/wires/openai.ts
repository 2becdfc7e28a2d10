import { arrayAt, at, textAt } from "../../../../src/lib/json.ts";
import { answer, chunked, lastChunk } from "../../../support/scripted-upstream.ts";
import { complaint, retryAfterSeconds, type Wire } from "../wire.ts";
import { inlineOf, jsonOf, toText } from "./reading.ts";

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

const chunk = (delta: object, finish_reason: string | null = null) =>
  `data: ${JSON.stringify({ id: "chatcmpl-1", object: "chat.completion.chunk", created: 1, model: "m", choices: [{ index: 0, delta, finish_reason }] })}\n\n`;

/** https://platform.openai.com/docs/api-reference/chat */
export const openai: Wire = {
  name: "OpenAI",
  type: "openai",
  model: "m",
  callId,
  signature: undefined,
  say: ({ text, reasoning, calls = [], usage }) => [
    ...chunked([
      chunk({ role: "assistant", content: "" }),
      ...(reasoning === undefined ? [] : [chunk({ reasoning_content: reasoning })]),
      ...(text === undefined ? [] : [chunk({ content: text })]),
      ...calls.flatMap(({ name, args }, index) => [
        chunk({
          tool_calls: [
            {
              index,
              id: index === 0 ? callId : `${callId}_${index}`,
              type: "function",
              function: { name, arguments: "" },
            },
          ],
        }),
        chunk({ tool_calls: [{ index, function: { arguments: JSON.stringify(args) } }] }),
      ]),
      chunk({}, calls.length > 0 ? "tool_calls" : "stop"),
      ...(usage
        ? [
            `data: ${JSON.stringify({
              model: "m",
              choices: [],
              usage: {
                prompt_tokens: usage.prompt,
                completion_tokens: usage.completion,
                total_tokens: usage.prompt + usage.completion,
                prompt_tokens_details: { cached_tokens: usage.cached },
                completion_tokens_details: { reasoning_tokens: usage.reasoning },
              },
            })}\n\n`,
          ]
        : []),
      "data: [DONE]\n\n",
    ]),
    lastChunk,
  ],
  begin: (text) => chunked([chunk({ role: "assistant", content: text })]),
  fail: (kind) =>
    answer(
      statuses[kind],
      { error: { message: complaint, type: "some_error", param: null, code: null } },
      kind === "rate limited" ? { "retry-after": retryAfterSeconds } : {},
    ),
  failLate: (text) => [
    ...chunked([
      chunk({ content: text }),
      `data: ${JSON.stringify({ error: { message: complaint, type: "server_error", param: null, code: null } })}\n\n`,
    ]),
    lastChunk,
  ],
  hear(body) {
    const messages = arrayAt(body, "messages");
    const user = messages.find((message) => textAt(message, "role") === "user");
    const url = arrayAt(user, "content")
      .map((part) => textAt(part, "image_url", "url"))
      .find((each) => each !== undefined);
    return {
      model: textAt(body, "model"),
      system: toText(
        at(
          messages.find((message) => textAt(message, "role") === "system"),
          "content",
        ),
      ),
      text: toText(at(user, "content")),
      picture: url === undefined ? undefined : inlineOf(url),
      tools: arrayAt(body, "tools").map((tool) => ({
        name: textAt(tool, "function", "name") ?? "",
        description: textAt(tool, "function", "description") ?? "",
        schema: Object(at(tool, "function", "parameters")),
      })),
      forced: textAt(body, "tool_choice", "function", "name"),
      schemaName: textAt(body, "response_format", "json_schema", "name"),
      schema: at(body, "response_format", "json_schema", "schema"),
      effort: at(body, "reasoning_effort"),
      settings: {
        temperature: at(body, "temperature"),
        maxTokens: at(body, "max_tokens"),
        stop: at(body, "stop"),
        seed: at(body, "seed"),
      } as object,
      calls: messages
        .flatMap((message) => arrayAt(message, "tool_calls"))
        .map((call) => ({
          id: textAt(call, "id"),
          name: textAt(call, "function", "name") ?? "",
          args: jsonOf(at(call, "function", "arguments")),
        })),
      results: messages
        .filter((message) => textAt(message, "role") === "tool")
        .map((message) => ({ id: textAt(message, "tool_call_id"), content: jsonOf(at(message, "content")) })),
      signature: undefined,
    };
  },
};
