import { arrayAt, at, textAt } from "../../../../src/lib/json.ts";
import { answer, chunked, lastChunk } from "../../../support/scripted-upstream.ts";
import { complaint, retryAfterSeconds, type Saying, type Wire } from "../wire.ts";
import { jsonOf, toText } from "./reading.ts";

const callId = "toolu_01T1x1fJ34qAmk2tNTrN7Up6";
const signature = "EqQBCgIYAhIM1gbcDa9GJwZA2b3hGgxBdjrkzLoky3dl1pkiMOYds";

const failures = {
  rejected: [400, "invalid_request_error", complaint],
  "unknown key": [401, "authentication_error", complaint],
  // https://docs.anthropic.com/en/api/errors: a spent balance is told in words.
  unpaid: [400, "invalid_request_error", `Your credit balance is too low. ${complaint}`],
  "no model": [404, "not_found_error", complaint],
  "rate limited": [429, "rate_limit_error", complaint],
  "server error": [500, "api_error", complaint],
  timeout: [504, "timeout_error", complaint],
} as const;

const toEvent = (event: { type: string }) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;

const start = (usage: object = {}) => ({
  type: "message_start",
  message: {
    id: "msg_1",
    type: "message",
    role: "assistant",
    model: "claude-sonnet-4-5",
    content: [],
    usage: { input_tokens: 1, output_tokens: 1, ...usage },
  },
});

function toBlocks({ reasoning, text, calls = [] }: Saying): [object, object[]][] {
  const thinks = reasoning ?? (calls.length > 0 ? "I look." : undefined);
  return [
    ...(thinks === undefined
      ? []
      : [
          [
            { type: "thinking", thinking: "", signature: "" },
            [
              { type: "thinking_delta", thinking: thinks },
              { type: "signature_delta", signature },
            ],
          ] satisfies [object, object[]],
        ]),
    ...(text === undefined
      ? []
      : [[{ type: "text", text: "" }, [{ type: "text_delta", text }]] satisfies [object, object[]]]),
    ...calls.map(({ name, args }, index): [object, object[]] => [
      { type: "tool_use", id: index === 0 ? callId : `${callId}_${index}`, name, input: {} },
      [{ type: "input_json_delta", partial_json: JSON.stringify(args) }],
    ]),
  ];
}

const brokenOff = { type: "error", error: { type: "api_error", message: complaint } };

/** https://docs.anthropic.com/en/api/messages-streaming */
export const anthropic: Wire = {
  name: "Anthropic",
  type: "anthropic",
  model: "claude-sonnet-4-5",
  callId,
  signature,
  say(saying) {
    const { usage, calls = [] } = saying;
    const events = [
      start(usage && { input_tokens: usage.prompt - usage.cached, cache_read_input_tokens: usage.cached }),
      ...toBlocks(saying).flatMap(([content_block, deltas], index) => [
        { type: "content_block_start", index, content_block },
        ...deltas.map((delta) => ({ type: "content_block_delta", index, delta })),
        { type: "content_block_stop", index },
      ]),
      {
        type: "message_delta",
        delta: { stop_reason: calls.length > 0 ? "tool_use" : "end_turn", stop_sequence: null },
        usage: {
          output_tokens: usage?.completion ?? 1,
          ...(usage && { output_tokens_details: { thinking_tokens: usage.reasoning } }),
        },
      },
      { type: "message_stop" },
    ];
    return [...chunked(events.map(toEvent)), lastChunk];
  },
  begin: (text) =>
    chunked(
      [
        start(),
        { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } },
        { type: "content_block_delta", index: 0, delta: { type: "text_delta", text } },
      ].map(toEvent),
    ),
  fail(kind) {
    const [status, type, message] = failures[kind];
    const headers: Record<string, string> = kind === "rate limited" ? { "retry-after": retryAfterSeconds } : {};
    return answer(status, { type: "error", error: { type, message }, request_id: "req_1" }, headers);
  },
  failLate: (text) => [...anthropic.begin(text), ...chunked([toEvent(brokenOff)]).slice(1), lastChunk],
  hear(body) {
    const messages = arrayAt(body, "messages");
    const blocks = messages.flatMap((message) => arrayAt(message, "content"));
    const ofType = (type: string) => blocks.filter((block) => textAt(block, "type") === type);
    const [image] = ofType("image");
    const budget = at(body, "thinking", "budget_tokens");
    return {
      model: textAt(body, "model"),
      system: toText(at(body, "system")),
      text: toText(at(messages[0], "content")),
      picture: image
        ? { mime: textAt(image, "source", "media_type") ?? "", base64: textAt(image, "source", "data") ?? "" }
        : undefined,
      tools: arrayAt(body, "tools").map((tool) => ({
        name: textAt(tool, "name") ?? "",
        description: textAt(tool, "description") ?? "",
        schema: Object(at(tool, "input_schema")),
      })),
      forced: textAt(body, "tool_choice", "name"),
      schemaName: undefined,
      schema: at(body, "output_config", "format", "schema"),
      effort: budget === 2048 ? "low" : budget,
      settings: {
        temperature: at(body, "temperature"),
        maxTokens: at(body, "max_tokens"),
        stop: at(body, "stop_sequences"),
      } as object,
      calls: ofType("tool_use").map((call) => ({
        id: textAt(call, "id"),
        name: textAt(call, "name") ?? "",
        args: at(call, "input"),
      })),
      results: ofType("tool_result").map((result) => ({
        id: textAt(result, "tool_use_id"),
        content: jsonOf(toText(at(result, "content"))),
      })),
      signature: textAt(ofType("thinking")[0], "signature"),
    };
  },
};
