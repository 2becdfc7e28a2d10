import { at, isObject, textAt, tryParseJson } from "../../lib/json.ts";
import { lookUp } from "../../lib/lookup.ts";
import type { Message, Tool } from "../../protocol/chat.ts";
import { inlineOf, isSystem, partsOf, textOf } from "../content.ts";
import type { ProviderChat, Sampling } from "../provider.ts";
import { toOutput } from "./output.ts";
import { thinkingOf, type Turn, turnsOf } from "./turns.ts";
import { versionOf } from "./version.ts";

/** The vendor demands a limit; every current model can give this much. */
export const defaultMaxTokens = 8192;

/** Tokens of thinking for each effort; the least is 1024, and the most leaves an answer below the oldest model's 32,000. */
const thinkingBudgets: Readonly<Record<string, number>> = { minimal: 1024, low: 2048, medium: 8192, high: 23808 };

/** https://docs.anthropic.com/en/api/messages#body @throws {ApiError} `upstream_rejected` for what the vendor cannot take */
export function toBody({ model, messages, sampling, state, extra }: ProviderChat): Record<string, unknown> {
  const turns = turnsOf(state, model);
  const rest = toTurns(
    messages.filter((message) => !isSystem(message)),
    turns,
  );
  const thinking = toThinking(model, messages, sampling, turns);
  const { config, words } = toOutput(model, sampling.response_format, thinking?.effort);
  const system = [
    ...messages.filter(isSystem).flatMap((message) => toBlocks(message, turns)),
    ...(words === undefined ? [] : [{ type: "text", text: words }]),
  ];
  return {
    ...extra,
    model,
    max_tokens: sampling.max_tokens ?? defaultMaxTokens + (thinking?.budget ?? 0),
    // The vendor wants at least one turn.
    ...(rest.length > 0
      ? { messages: rest, ...(system.length > 0 && { system }) }
      : { messages: [{ role: "user", content: system }] }),
    stream: true,
    ...(sampling.stop != null && { stop_sequences: [sampling.stop].flat() }),
    ...(sampling.tools?.length && { tools: sampling.tools.map(toTool), tool_choice: toToolChoice(sampling) }),
    ...(Object.keys(config).length > 0 && { output_config: config }),
    ...(thinking
      ? { thinking: thinking.field }
      : {
          ...(sampling.temperature != null && { temperature: Math.min(sampling.temperature, 1) }),
          ...(sampling.top_p != null && { top_p: sampling.top_p }),
        }),
  };
}

interface Thinking {
  readonly field: Readonly<Record<string, unknown>>;
  readonly budget: number;
  /** In place of a budget. */
  readonly effort?: string;
}

/**
 * Thinking where an effort was asked for, in the words of the model's generation. It goes with neither a temperature,
 * nor a forced tool, nor, with a budget, a tool's result whose own thinking is gone.
 */
function toThinking(
  model: string,
  messages: readonly Message[],
  { reasoning_effort: effort, tool_choice, max_tokens }: Sampling,
  turns: readonly Turn[],
): Thinking | undefined {
  const isForced = tool_choice === "required" || isObject(tool_choice);
  if (effort == null || effort === "none" || isForced) return undefined;
  if (versionOf(model) >= 4.6) {
    const level = effort === "minimal" ? "low" : effort;
    return { field: { type: "adaptive", display: "summarized" }, budget: 0, effort: level };
  }
  const budget = lookUp(thinkingBudgets, effort);
  const last = messages.findLast(({ role }) => role === "user" || role === "assistant");
  const isCut = last?.role === "assistant" && thinkingOf(last.tool_calls ?? [], turns).length === 0;
  if (budget === undefined || budget >= (max_tokens ?? Infinity) || isCut) return undefined;
  return { field: { type: "enabled", budget_tokens: budget }, budget };
}

/** Turns of one role in a row become one: results of parallel tools belong in one user turn. */
function toTurns(messages: readonly Message[], known: readonly Turn[]): unknown[] {
  const turns: { role: string; content: unknown[] }[] = [];
  for (const message of messages) {
    const role = message.role === "assistant" ? "assistant" : "user";
    const content = toBlocks(message, known);
    if (content.length === 0) continue;
    const last = turns.at(-1);
    if (last?.role === role) last.content.push(...content);
    else turns.push({ role, content });
  }
  return turns;
}

function toBlocks(message: Message, turns: readonly Turn[]): unknown[] {
  const { role, content, tool_calls, tool_call_id } = message;
  const calls = tool_calls ?? [];
  const blocks = partsOf(content).flatMap((part) => {
    if (part.type !== "text") return [toMediaBlock(part)];
    return part.text.trim() === "" ? [] : [{ type: "text", text: part.text, ...cacheControl(part) }];
  });
  if (role === "tool") {
    const text = textOf(content);
    const result = blocks.some(({ type }) => type !== "text") ? blocks : text;
    const failed = at(message, "is_error") === true ? { is_error: true } : {};
    return [
      { type: "tool_result", tool_use_id: toId(tool_call_id), content: result, ...failed, ...cacheControl(message) },
    ];
  }
  return [
    ...thinkingOf(calls, turns),
    ...blocks,
    ...calls.map((call) => ({
      type: "tool_use",
      id: toId(call.id),
      name: call.function.name ?? "",
      input: tryParseJson(call.function.arguments || "{}") ?? {},
      ...cacheControl(call),
    })),
  ];
}

/** Other vendors' ids hold characters that this one refuses. */
function toId(id: string | null | undefined): string {
  return (id ?? "").replace(/[^\w-]/g, "_");
}

function toMediaBlock(part: Parameters<typeof inlineOf>[0]): Record<string, unknown> & { type: string } {
  const type = part.type === "image_url" ? "image" : "document";
  const { mime, base64 } = inlineOf(part, "Anthropic");
  return { type, source: { type: "base64", media_type: mime, data: base64 }, ...cacheControl(part) };
}

function cacheControl(marked: object): Record<string, unknown> {
  const mark = at(marked, "cache_control");
  return isObject(mark) ? { cache_control: mark } : {};
}

function toTool(tool: Tool): Record<string, unknown> {
  const { name, description, parameters } = tool.function;
  const mark = { ...cacheControl(tool.function), ...cacheControl(tool) };
  return { name, ...(description && { description }), input_schema: parameters ?? { type: "object" }, ...mark };
}

function toToolChoice({ tool_choice, parallel_tool_calls }: Sampling): Record<string, unknown> {
  const single = parallel_tool_calls === false ? { disable_parallel_tool_use: true } : {};
  if (tool_choice === "none") return { type: "none" };
  if (tool_choice === "required") return { type: "any", ...single };
  if (isObject(tool_choice)) return { type: "tool", name: textAt(tool_choice, "function", "name"), ...single };
  return { type: "auto", ...single };
}
