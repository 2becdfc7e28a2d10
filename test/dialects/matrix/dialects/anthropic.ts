import { arrayAt, at, countAt, textAt } from "../../../../src/lib/json.ts";
import { type Answer, type Dialect, eventsOf, type Question } from "../dialect.ts";

/** https://docs.anthropic.com/en/api/messages, /messages-streaming and /errors */
export const anthropic: Dialect = {
  name: "Anthropic",
  failures: {
    rejected: "invalid_request_error",
    "unknown key": "authentication_error",
    unpaid: "billing_error",
    "no model": "not_found_error",
    "rate limited": "rate_limit_error",
    "server error": "api_error",
    timeout: "timeout_error",
  },
  headers: { "anthropic-version": "2023-06-01" },
  ask: (question, isStreamed) => ({
    path: "/v1/messages",
    body: { ...toBody(question), ...(isStreamed && { stream: true }) },
  }),
  readWhole: (body) => read(arrayAt(body, "content"), at(body, "stop_reason"), at(body, "usage")),
  readStream(text) {
    const blocks: Record<string, unknown>[] = [];
    let usage: object = {};
    let reason: unknown;
    for (const event of eventsOf(text)) {
      const index = countAt(event, "index") ?? 0;
      const block = blocks[index] ?? {};
      const add = (field: string, piece: string | undefined) => {
        if (piece !== undefined) block[field] = `${String(block[field] ?? "")}${piece}`;
      };
      switch (textAt(event, "type")) {
        case "message_start":
          usage = Object(at(event, "message", "usage"));
          break;
        case "content_block_start":
          blocks[index] = { ...Object(at(event, "content_block")) };
          break;
        case "content_block_delta":
          add("text", textAt(event, "delta", "text"));
          add("thinking", textAt(event, "delta", "thinking"));
          add("signature", textAt(event, "delta", "signature"));
          add("json", textAt(event, "delta", "partial_json"));
          break;
        case "content_block_stop":
          if (block.type === "tool_use") block.input = JSON.parse(String(block.json || "{}"));
          delete block.json;
          break;
        case "message_delta":
          reason = at(event, "delta", "stop_reason");
          usage = { ...usage, ...Object(at(event, "usage")) };
      }
    }
    return read(blocks, reason, usage);
  },
  readFailure: (body) => ({ type: textAt(body, "error", "type"), message: textAt(body, "error", "message") }),
  readLateFailure: (text) => anthropic.readFailure(eventsOf(text).find((event) => textAt(event, "type") === "error")),
};

function toBody(question: Question): object {
  const { model, system, text, picture, tools, forced, schema, effort, settings, earlier } = question;
  const image = picture && {
    type: "image",
    source: { type: "base64", media_type: picture.mime, data: picture.base64 },
  };
  return {
    model,
    max_tokens: settings?.maxTokens ?? 4096,
    messages: [
      { role: "user", content: image ? [{ type: "text", text }, image] : text },
      ...(earlier
        ? [
            { role: "assistant", content: earlier.said },
            {
              role: "user",
              content: earlier.results.map(({ call: { id }, content }) => ({
                type: "tool_result",
                tool_use_id: id,
                content: JSON.stringify(content),
              })),
            },
          ]
        : []),
    ],
    ...(tools && {
      tools: tools.map(({ name, description, schema: input_schema }) => ({ name, description, input_schema })),
    }),
    ...(system && { system }),
    ...(forced && { tool_choice: { type: "tool", name: forced } }),
    ...(schema && { output_config: { format: { type: "json_schema", schema } } }),
    ...(effort && { thinking: { type: "enabled", budget_tokens: 2048 } }),
    ...(settings && { temperature: settings.temperature, stop_sequences: settings.stop }),
  };
}

function read(blocks: readonly unknown[], reason: unknown, usage: unknown): Answer {
  const ofType = (type: string) => blocks.filter((block) => textAt(block, "type") === type);
  const cached = countAt(usage, "cache_read_input_tokens");
  const input = countAt(usage, "input_tokens");
  const written = countAt(usage, "cache_creation_input_tokens") ?? 0;
  const completion = countAt(usage, "output_tokens");
  const reasoning = countAt(usage, "output_tokens_details", "thinking_tokens");
  return {
    text: ofType("text")
      .map((block) => textAt(block, "text") ?? "")
      .join(""),
    reasoning: ofType("thinking")
      .map((block) => textAt(block, "thinking") ?? "")
      .join(""),
    calls: ofType("tool_use").map((block) => ({
      id: textAt(block, "id"),
      name: textAt(block, "name") ?? "",
      args: at(block, "input"),
    })),
    finish:
      reason === "tool_use" ? "calls" : reason === "end_turn" ? "stop" : reason === "max_tokens" ? "length" : "other",
    usage: {
      ...(input !== undefined && { prompt: input + (cached ?? 0) + written }),
      ...(completion !== undefined && { completion }),
      ...(cached !== undefined && { cached }),
      ...(reasoning !== undefined && { reasoning }),
    },
    said: blocks,
  };
}
