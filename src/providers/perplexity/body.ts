import { at, isObject, textAt } from "../../lib/json.ts";
import type { Message, Part, ResponseFormat } from "../../protocol/chat.ts";
import { ApiError } from "../../protocol/errors.ts";
import { partsOf, textOf, toolNames } from "../content.ts";
import type { ProviderChat, Sampling } from "../provider.ts";
import { toContent, toTool } from "../responses/body.ts";
import { formatInWords } from "../structured.ts";

/** Of the search, by the names that the vendor gave them in its earlier interface, and gives them in a filter now. */
const filters = [
  "last_updated_after_filter",
  "last_updated_before_filter",
  "search_after_date_filter",
  "search_before_date_filter",
  "search_domain_filter",
  "search_recency_filter",
];

const places = ["language_preference", "max_steps"];

/** Fields of a request that have a place in this interface, beside the usual. */
export const settings = [...filters, ...places, "disable_search", "web_search_options"];

/** Models of Anthropic's are refused without a limit, in tokens. Arbitrary. */
const limitForAnthropic = 8192;

/**
 * Any field that the vendor does not know is refused, at any depth: so each is named here.
 *
 * https://docs.perplexity.ai/api-reference/agent-post @throws {ApiError} `upstream_rejected` for sound and files
 */
export function toBody({ model, messages, sampling, state, extra }: ProviderChat): Record<string, unknown> {
  const { temperature, top_p, reasoning_effort: effort } = sampling;
  const limit = sampling.max_tokens ?? (model.startsWith("anthropic/") ? limitForAnthropic : undefined);
  // A model searches but where it is given the tool.
  const tools = [
    ...(extra.disable_search === true ? [] : [toSearch(extra)]),
    ...(sampling.tools ?? []).map((tool) => toTool(tool)),
  ];
  return {
    model,
    input: toInput(withFormat(messages, sampling.response_format), state),
    stream: true,
    store: false,
    ...(limit !== undefined && { max_output_tokens: limit }),
    ...(temperature != null && { temperature }),
    ...(top_p != null && { top_p }),
    ...(effort != null && { reasoning: { effort: effort === "none" ? "minimal" : effort } }),
    ...(tools.length > 0 && { tools }),
    ...(sampling.tools?.length && toToolSettings(sampling)),
    ...toFormat(sampling.response_format),
    ...pick(extra, places),
  };
}

function toSearch(extra: ProviderChat["extra"]): Record<string, unknown> {
  const chosen = pick(extra, filters);
  return {
    type: "web_search",
    ...(Object.keys(chosen).length > 0 && { filters: chosen }),
    ...pick(extra.web_search_options, ["search_context_size", "user_location"]),
  };
}

function toInput(messages: readonly Message[], state: unknown): unknown[] {
  const names = toolNames(messages);
  return messages.flatMap(({ role, content, tool_calls, tool_call_id: id }): unknown[] => {
    // Pictures are the user's alone: those of a tool, or of a model that draws, follow as if the user had shown them.
    const shown = role === "user" ? [] : partsOf(content).filter((part) => part.type !== "text");
    const pictures = shown.length > 0 ? [{ type: "message", role: "user", content: shown.map(toPart) }] : [];
    if (role === "tool") {
      const output = { ...toCall(id, names.get(id ?? ""), state), output: textOf(content) };
      return [{ type: "function_call_output", ...output }, ...pictures];
    }
    const said = role === "user" ? toContent(content, toPart) : textOf(content);
    return [
      ...(said.length > 0 ? [{ type: "message", role, content: said }] : []),
      ...pictures,
      ...(tool_calls ?? []).map(({ id: call, function: { name, arguments: args } }) => ({
        type: "function_call",
        ...toCall(call, name, state),
        arguments: args || "{}",
      })),
    ];
  });
}

/** Some of the models want a call's signature back, with the call and with what came of it. */
function toCall(id: string | null | undefined, name: string | undefined, state: unknown): Record<string, unknown> {
  const signature = textAt(state, "signatures", id ?? "");
  return { call_id: id ?? "", ...(name && { name }), ...(signature && { thought_signature: signature }) };
}

function toPart(part: Part): unknown {
  if (part.type === "text") return { type: "input_text", text: part.text };
  if (part.type === "image_url") return { type: "input_image", image_url: part.image_url.url };
  throw new ApiError("upstream_rejected", "Perplexity takes text and pictures: no files, and no sound");
}

function toToolSettings({ tool_choice, parallel_tool_calls }: Sampling): Record<string, unknown> {
  const choice = isObject(tool_choice) ? { name: textAt(tool_choice, "function", "name") } : tool_choice;
  return {
    ...(choice != null && { tool_choice: choice }),
    ...(parallel_tool_calls != null && { parallel_tool_calls }),
  };
}

/** JSON without a schema is asked for in words. */
function withFormat(messages: readonly Message[], format: ResponseFormat | null | undefined): readonly Message[] {
  const content = format?.type === "json_object" ? formatInWords(format) : undefined;
  return content === undefined ? messages : [{ role: "system", content }, ...messages];
}

/** Otherwise it is given by a schema only. */
function toFormat(format: ResponseFormat | null | undefined): Record<string, unknown> {
  if (format?.type !== "json_schema") return {};
  const json_schema = pick(format.json_schema, ["name", "description", "schema", "strict"]);
  return { response_format: { type: "json_schema", json_schema } };
}

function pick(from: unknown, names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(names.map((name) => [name, at(from, name)]).filter(([, value]) => value != null));
}
