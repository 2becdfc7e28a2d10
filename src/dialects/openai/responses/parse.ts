import type { ResponsesBody } from "./body.ts";
import { toTools } from "./tools.ts";

/** A request, and the messages that its items came to, as a conversation. @throws {ApiError} `invalid_request` */
export function toAsked(body: ResponsesBody, messages: readonly unknown[]) {
  const { model, provider, text, reasoning, max_output_tokens, temperature, top_p, parallel_tool_calls } = body;
  const format = toFormat(text?.format);
  return {
    model: model ?? null,
    messages,
    ...(provider != null && { provider }),
    ...toTools(body),
    ...(format && { response_format: format }),
    ...(text?.verbosity != null && { verbosity: text.verbosity }),
    ...(reasoning?.effort != null && { reasoning_effort: reasoning.effort }),
    ...(max_output_tokens != null && { max_tokens: max_output_tokens }),
    ...(temperature != null && { temperature }),
    ...(top_p != null && { top_p }),
    ...(parallel_tool_calls != null && { parallel_tool_calls }),
    ...(wantsLogprobs(body) && { logprobs: true, ...(body.top_logprobs && { top_logprobs: body.top_logprobs }) }),
    ...(body.background && { resumable: true }),
  };
}

function toFormat(format: NonNullable<ResponsesBody["text"]>["format"]) {
  if (format?.type !== "json_schema") return format?.type === "json_object" ? { type: format.type } : undefined;
  const { type, name, schema, description, strict } = format;
  return {
    type,
    json_schema: { name, schema, ...(description != null && { description }), ...(strict != null && { strict }) },
  };
}

function wantsLogprobs({ include, top_logprobs }: ResponsesBody): boolean {
  return Boolean(top_logprobs) || (include ?? []).includes("message.output_text.logprobs");
}
