import { arrayAt, at, countAt, textAt } from "../../../../src/lib/json.ts";
import { type Answer, type Dialect, eventsOf, type Question } from "../dialect.ts";
import { jsonOf } from "../wires/reading.ts";

/** https://platform.openai.com/docs/api-reference/chat/create, and /docs/guides/error-codes */
export const openai: Dialect = {
  name: "OpenAI",
  failures: {
    rejected: "invalid_request_error",
    "unknown key": "authentication_error",
    unpaid: "insufficient_quota",
    "no model": "invalid_request_error",
    "rate limited": "rate_limit_error",
    "server error": "server_error",
    timeout: "server_error",
  },
  ask: (question, isStreamed) => ({
    path: "/v1/chat/completions",
    body: { ...toBody(question), ...(isStreamed && { stream: true, stream_options: { include_usage: true } }) },
  }),
  readWhole: (body) =>
    read(at(body, "choices", 0, "message"), at(body, "choices", 0, "finish_reason"), at(body, "usage")),
  readStream(text) {
    const chunks = eventsOf(text);
    const deltas = chunks.map((chunk) => at(chunk, "choices", 0, "delta"));
    const join = (field: string) => deltas.map((delta) => textAt(delta, field) ?? "").join("");
    const calls: { id?: string; type: string; function: { name: string; arguments: string } }[] = [];
    for (const piece of deltas.flatMap((delta) => arrayAt(delta, "tool_calls"))) {
      const call = (calls[countAt(piece, "index") ?? 0] ??= {
        type: "function",
        function: { name: "", arguments: "" },
      });
      const id = textAt(piece, "id");
      if (id) call.id = id;
      call.function.name += textAt(piece, "function", "name") ?? "";
      call.function.arguments += textAt(piece, "function", "arguments") ?? "";
    }
    const message = {
      role: "assistant",
      content: join("content"),
      reasoning: join("reasoning"),
      ...(calls.length > 0 && { tool_calls: calls }),
    };
    const finish = chunks.map((chunk) => at(chunk, "choices", 0, "finish_reason")).find(Boolean);
    return read(message, finish, chunks.map((chunk) => at(chunk, "usage")).findLast(Boolean));
  },
  readFailure: (body) => ({ type: textAt(body, "error", "type"), message: textAt(body, "error", "message") }),
  readLateFailure: (text) => openai.readFailure(eventsOf(text).find((event) => at(event, "error"))),
};

function toBody(question: Question): object {
  const { model, system, text, picture, tools, forced, schema, schemaName, effort, settings, earlier } = question;
  const image = picture && {
    type: "image_url",
    image_url: { url: `data:${picture.mime};base64,${picture.base64}` },
  };
  return {
    model,
    messages: [
      ...(system ? [{ role: "system", content: system }] : []),
      { role: "user", content: image ? [{ type: "text", text }, image] : text },
      ...(earlier
        ? [
            earlier.said,
            ...earlier.results.map(({ call: { id }, content }) => ({
              role: "tool",
              tool_call_id: id,
              content: JSON.stringify(content),
            })),
          ]
        : []),
    ],
    ...(tools && {
      tools: tools.map(({ name, description, schema: parameters }) => ({
        type: "function",
        function: { name, description, parameters },
      })),
    }),
    ...(forced && { tool_choice: { type: "function", function: { name: forced } } }),
    ...(schema && { response_format: { type: "json_schema", json_schema: { name: schemaName, schema } } }),
    ...(effort && { reasoning_effort: effort }),
    ...(settings && {
      temperature: settings.temperature,
      max_completion_tokens: settings.maxTokens,
      stop: settings.stop,
      seed: settings.seed,
    }),
  };
}

function read(message: unknown, finish: unknown, usage: unknown): Answer {
  const prompt = countAt(usage, "prompt_tokens");
  const completion = countAt(usage, "completion_tokens");
  const cached = countAt(usage, "prompt_tokens_details", "cached_tokens");
  const reasoning = countAt(usage, "completion_tokens_details", "reasoning_tokens");
  return {
    text: textAt(message, "content") ?? "",
    reasoning: textAt(message, "reasoning") ?? "",
    calls: arrayAt(message, "tool_calls").map((call) => ({
      id: textAt(call, "id"),
      name: textAt(call, "function", "name") ?? "",
      args: jsonOf(at(call, "function", "arguments")),
    })),
    finish: finish === "tool_calls" ? "calls" : finish === "stop" || finish === "length" ? finish : "other",
    usage: {
      ...(prompt !== undefined && { prompt }),
      ...(completion !== undefined && { completion }),
      ...(cached !== undefined && { cached }),
      ...(reasoning !== undefined && { reasoning }),
    },
    said: message,
  };
}
