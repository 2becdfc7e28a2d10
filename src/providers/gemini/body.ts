import { isObject, textAt, tryParseJson } from "../../lib/json.ts";
import { lookUp } from "../../lib/lookup.ts";
import type { Message, Part, ResponseFormat } from "../../protocol/chat.ts";
import { inlineOf, isSystem, partsOf, textOf, toolNames } from "../content.ts";
import type { ProviderChat, Sampling } from "../provider.ts";
import { formatInWords } from "../structured.ts";
import { toOutputConfig } from "./output.ts";
import { canThink, versionOf } from "./version.ts";

/** Tokens of thinking for each effort, for models before 3. */
const thinkingBudgets: Readonly<Record<string, number>> = {
  none: 0,
  minimal: 512,
  low: 2048,
  medium: 8192,
  high: 24576,
};

/** https://ai.google.dev/api/generate-content#request-body @throws {ApiError} `upstream_rejected` for what the vendor cannot take */
export function toBody({ model, messages, sampling, media, state, extra }: ProviderChat): Record<string, unknown> {
  const { top_k, ...fields } = extra;
  const rest = messages.filter((message) => !isSystem(message));
  // Before 3 a format beside tools is refused.
  const words = versionOf(model) < 3 && sampling.tools?.length ? formatInWords(sampling.response_format) : undefined;
  const system = [
    ...messages.filter(isSystem).map(({ content }) => ({ text: textOf(content) })),
    ...(words === undefined ? [] : [{ text: words }]),
  ];
  const contents = toContents(rest, state, model);
  const tools = sampling.tools?.map(({ function: { name, description, parameters } }) => ({
    name,
    ...(description && { description }),
    ...(parameters && { parametersJsonSchema: parameters }),
  }));
  const generationConfig = {
    ...(sampling.temperature != null && { temperature: sampling.temperature }),
    ...(sampling.top_p != null && { topP: sampling.top_p }),
    ...(top_k !== undefined && { topK: top_k }),
    ...(sampling.max_tokens != null && { maxOutputTokens: sampling.max_tokens }),
    ...(sampling.stop != null && { stopSequences: [sampling.stop].flat() }),
    ...(sampling.seed != null && { seed: sampling.seed }),
    ...(sampling.frequency_penalty != null && { frequencyPenalty: sampling.frequency_penalty }),
    ...(sampling.presence_penalty != null && { presencePenalty: sampling.presence_penalty }),
    ...(words === undefined && toResponseConfig(sampling.response_format)),
    ...toThinkingConfig(model, sampling.reasoning_effort),
    ...toOutputConfig(model, media),
  };
  return {
    ...fields,
    // The vendor wants at least one turn.
    ...(contents.length > 0
      ? {
          contents,
          ...(system.length > 0 && { systemInstruction: { parts: system } }),
        }
      : { contents: [{ role: "user", parts: system }] }),
    ...(tools?.length && { tools: [{ functionDeclarations: tools }], toolConfig: toToolConfig(sampling) }),
    ...(Object.keys(generationConfig).length > 0 && { generationConfig }),
  };
}

function toContents(messages: readonly Message[], state: unknown, model: string): unknown[] {
  const contents: { role: string; parts: unknown[] }[] = [];
  const names = toolNames(messages);
  for (const message of messages) {
    const role = message.role === "assistant" ? "model" : "user";
    add(role, message.role === "tool" ? toResponse(message, names) : toParts(message, state, model));
    // In a turn of its own a model wants pictures signed as it made them. Shown to it, they need no signature.
    if (role === "model") add("user", mediaOf(message).map(toPart));
  }
  return contents;

  function add(role: string, parts: readonly unknown[]): void {
    const last = contents.at(-1);
    if (parts.length === 0) return;
    if (last?.role === role) last.parts.push(...parts);
    else contents.push({ role, parts: [...parts] });
  }
}

function mediaOf({ content }: Message): Part[] {
  return partsOf(content).filter((part) => part.type !== "text");
}

function toParts(message: Message, state: unknown, model: string): unknown[] {
  const { role, content, tool_calls } = message;
  const calls = (tool_calls ?? []).map(({ id, function: { name, arguments: args } }) => ({
    functionCall: { ...(id && { id }), name, args: tryParseJson(args || "{}") ?? {} },
    thoughtSignature: textAt(state, "signatures", id ?? ""),
  }));
  const [first] = calls;
  // Of calls that another model made, or whose signatures the caller did not keep, the first must say so.
  if (first && versionOf(model) >= 3 && calls.every((call) => call.thoughtSignature === undefined))
    first.thoughtSignature = unsigned;
  const shown = partsOf(content).filter((part) => role !== "assistant" || part.type === "text");
  return [...shown.map(toPart), ...calls];
}

/** https://ai.google.dev/gemini-api/docs/thought-signatures */
const unsigned = "skip_thought_signature_validator";

function toPart(part: Part): unknown {
  if (part.type === "text") return { text: part.text };
  const { mime, base64 } = inlineOf(part, "Gemini");
  return { inlineData: { mimeType: mime, data: base64 } };
}

/** A tool's result: an object is given as it is, anything else as `{"result": …}`; pictures follow it. */
function toResponse(message: Message, names: ReturnType<typeof toolNames>): unknown[] {
  const { content, tool_call_id: id } = message;
  const result = tryParseJson(textOf(content)) ?? textOf(content);
  const name = names.get(id ?? "") ?? "tool";
  const response = isObject(result) ? result : { result };
  return [{ functionResponse: { ...(id && { id }), name, response } }, ...mediaOf(message).map(toPart)];
}

function toToolConfig({ tool_choice }: Sampling): Record<string, unknown> {
  const named = textAt(tool_choice, "function", "name");
  const mode = named || tool_choice === "required" ? "ANY" : tool_choice === "none" ? "NONE" : "AUTO";
  return { functionCallingConfig: { mode, ...(named && { allowedFunctionNames: [named] }) } };
}

function toResponseConfig(format: ResponseFormat | null | undefined): Record<string, unknown> {
  if (format == null || format.type === "text") return {};
  const schema = format.type === "json_schema" ? { responseJsonSchema: format.json_schema.schema } : {};
  return { responseMimeType: "application/json", ...schema };
}

/** https://ai.google.dev/gemini-api/docs/thinking: a level from 3 on, a budget before; 2.5 Pro cannot leave it off. */
function toThinkingConfig(model: string, effort: string | null | undefined): Record<string, unknown> {
  if (!canThink(model)) return {};
  if (versionOf(model) >= 3) {
    const level = effort === "none" || effort === "minimal" ? "low" : effort;
    return { thinkingConfig: { includeThoughts: true, ...(level != null && { thinkingLevel: level }) } };
  }
  const told = lookUp(thinkingBudgets, effort);
  const budget = told !== undefined && model.includes("pro") ? Math.max(told, 128) : told;
  return { thinkingConfig: { includeThoughts: budget !== 0, ...(budget !== undefined && { thinkingBudget: budget }) } };
}
