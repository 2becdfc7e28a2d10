import { createId } from "../../lib/ids.ts";
import { arrayAt, at, isObject, countAt, textAt, tryParseJson } from "../../lib/json.ts";
import type { Message, ResponseFormat } from "../../protocol/chat.ts";
import type { FinishReason, Usage } from "../../protocol/events.ts";
import type { Model } from "../../protocol/models.ts";
import { inlineOf, isSystem, partsOf, textOf } from "../content.ts";
import { codeOfStatus } from "../failure.ts";
import { createModel } from "../model-traits.ts";
import type { Adapter, ProviderChat, ProviderEvent, ProviderOptions, Sampling } from "../provider.ts";
import { createWireProvider, StreamError, type Wire, type WireDecoder } from "../wire.ts";

/** https://ai.google.dev/api/generate-content#method:-models.streamgeneratecontent */
export const gemini: Adapter = {
  name: "Gemini",
  aliases: ["GeminiPro", "Google", "GeminiAPI"],
  keyNames: ["GEMINI_API_KEY", "GOOGLE_API_KEY"],
  addressNames: ["GEMINI_BASE_URL"],
  open: (options) =>
    createWireProvider(
      {
        name: options.name,
        label: "Google Gemini",
        url: "https://ai.google.dev",
        loginUrl: "https://aistudio.google.com/apikey",
        auth: true,
        usualModel: "gemini-2.5-flash",
        passes: ["safetySettings", "top_k"],
        parameters: {
          temperature: 1,
          top_p: 0.95,
          max_tokens: 8192,
          stop: ["stop1"],
          seed: null,
          frequency_penalty: 0,
          presence_penalty: 0,
          tools: [],
          tool_choice: "auto",
          reasoning_effort: null,
          response_format: null,
        },
      },
      createWire(options),
      options,
    ),
};

/** Tokens of thinking for each effort; -1 leaves it to the model. */
const thinkingBudgets: Readonly<Record<string, number>> = {
  none: 0,
  minimal: 512,
  low: 2048,
  medium: 8192,
  high: 24576,
};

/** What function calls were signed with: current models refuse a turn whose signatures are gone. */
interface State {
  readonly signatures: Readonly<Record<string, string>>;
}

function createWire(options: ProviderOptions): Wire {
  return {
    baseUrl: options.baseUrl ?? "https://generativelanguage.googleapis.com/v1beta",
    framing: "sse",
    headers: (key) => ({ ...(key !== undefined && { "x-goog-api-key": key }) }),
    chatPath: ({ model }) => `/models/${encodeURIComponent(model)}:streamGenerateContent?alt=sse`,
    toBody,
    decoder: createDecoder,
    modelsPath: "/models?pageSize=1000",
    toModels,
    // A wrong key is a 400 here: https://ai.google.dev/gemini-api/docs/troubleshooting
    classify: (status, body) =>
      status === 400 &&
      arrayAt(body, "error", "details").some((detail) => textAt(detail, "reason") === "API_KEY_INVALID")
        ? "missing_auth"
        : undefined,
  };
}

function toBody({ model, messages, sampling, state, extra }: ProviderChat): Record<string, unknown> {
  const { top_k, ...rest } = extra;
  const system = messages.filter(isSystem).map(({ content }) => ({ text: textOf(content) }));
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
    ...toResponseConfig(sampling.response_format),
    ...toThinkingConfig(model, sampling.reasoning_effort),
  };
  return {
    ...rest,
    contents: toContents(
      messages.filter((message) => !isSystem(message)),
      state,
    ),
    ...(system.length > 0 && { systemInstruction: { parts: system } }),
    ...(tools?.length && { tools: [{ functionDeclarations: tools }], toolConfig: toToolConfig(sampling) }),
    ...(Object.keys(generationConfig).length > 0 && { generationConfig }),
  };
}

function toContents(messages: readonly Message[], state: unknown): unknown[] {
  const contents: { role: string; parts: unknown[] }[] = [];
  const names = new Map(
    messages.flatMap(({ tool_calls }) => (tool_calls ?? []).map((call) => [call.id, call.function.name])),
  );
  for (const message of messages) {
    const role = message.role === "assistant" ? "model" : "user";
    const parts = message.role === "tool" ? [toResponse(message, names)] : toParts(message, state);
    if (parts.length === 0) continue;
    const last = contents.at(-1);
    if (last?.role === role) last.parts.push(...parts);
    else contents.push({ role, parts });
  }
  return contents;
}

function toParts({ content, tool_calls }: Message, state: unknown): unknown[] {
  return [
    ...partsOf(content).map((part) => {
      if (part.type === "text") return { text: part.text };
      const { mime, base64 } = inlineOf(part, "Gemini");
      return { inlineData: { mimeType: mime, data: base64 } };
    }),
    ...(tool_calls ?? []).map((call) => {
      const signature = textAt(state, "signatures", call.id ?? "");
      const args = tryParseJson(call.function.arguments || "{}") ?? {};
      return { functionCall: { name: call.function.name, args }, ...(signature && { thoughtSignature: signature }) };
    }),
  ];
}

/** A tool's result: an object is given as it is, anything else as `{"result": …}`. */
function toResponse({ content, tool_call_id }: Message, names: Map<string | undefined, string | undefined>): unknown {
  const result = tryParseJson(textOf(content)) ?? textOf(content);
  const name = names.get(tool_call_id ?? "") ?? "tool";
  return { functionResponse: { name, response: isObject(result) ? result : { result } } };
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

function toThinkingConfig(model: string, effort: string | null | undefined): Record<string, unknown> {
  if (!createModel(model).reasoning) return {};
  const budget = thinkingBudgets[effort ?? ""];
  return { thinkingConfig: { includeThoughts: true, ...(budget !== undefined && { thinkingBudget: budget }) } };
}

function createDecoder(): WireDecoder {
  let state: WireDecoder["state"] = "open";
  let model: string | undefined;
  let calls = 0;
  const signatures: Record<string, string> = {};

  return {
    get state() {
      return state;
    },
    decode(message, _event, into) {
      if (at(message, "error")) throw new StreamError(message, codeOfStatus(countAt(message, "error", "code") ?? 500));
      const named = textAt(message, "modelVersion");
      if (named && named !== model) into.push({ type: "model", model: (model = named) });
      const candidate = at(message, "candidates", 0);
      for (const part of arrayAt(candidate, "content", "parts")) readPart(part, into);
      pushUsage(at(message, "usageMetadata"), into);
      const blocked = textAt(message, "promptFeedback", "blockReason");
      const reason = blocked ? "SAFETY" : textAt(candidate, "finishReason");
      if (!reason || state !== "open") return;
      if (Object.keys(signatures).length > 0) into.push({ type: "state", state: { signatures } satisfies State });
      into.push({ type: "finish", reason: finishReasons[reason] ?? "content_filter" });
      state = "complete";
    },
  };

  function readPart(part: unknown, into: ProviderEvent[]): void {
    const text = textAt(part, "text");
    if (text && at(part, "thought") === true) into.push({ type: "reasoning", token: text });
    else if (text) into.push({ type: "content", content: text });
    const mime = textAt(part, "inlineData", "mimeType");
    if (mime) {
      const url = `data:${mime};base64,${textAt(part, "inlineData", "data") ?? ""}`;
      into.push({ type: "content", content: `\n![](${url})\n`, urls: [url] });
    }
    const name = textAt(part, "functionCall", "name");
    if (!name) return;
    const id = textAt(part, "functionCall", "id") ?? createId("call");
    const signature = textAt(part, "thoughtSignature");
    if (signature) signatures[id] = signature;
    const args = JSON.stringify(at(part, "functionCall", "args") ?? {});
    into.push({
      type: "tool_calls",
      tool_calls: [{ index: calls++, id, type: "function", function: { name, arguments: args } }],
    });
  }
}

/** Everything else is a refusal of the vendor's: SAFETY, RECITATION, BLOCKLIST, PROHIBITED_CONTENT, SPII, … */
const finishReasons: Readonly<Record<string, FinishReason>> = {
  STOP: "stop",
  MAX_TOKENS: "length",
  FINISH_REASON_UNSPECIFIED: "stop",
  OTHER: "stop",
  MALFORMED_FUNCTION_CALL: "error",
};

/** Thoughts are counted apart from the candidates; both are output. */
function pushUsage(usage: unknown, into: ProviderEvent[]): void {
  const prompt = countAt(usage, "promptTokenCount");
  if (prompt === undefined) return;
  const thoughts = countAt(usage, "thoughtsTokenCount");
  const cached = countAt(usage, "cachedContentTokenCount");
  const told: Partial<Usage> = {
    prompt_tokens: prompt,
    completion_tokens: (countAt(usage, "candidatesTokenCount") ?? 0) + (thoughts ?? 0),
    ...(cached !== undefined && { prompt_tokens_details: { cached_tokens: cached } }),
    ...(thoughts !== undefined && { completion_tokens_details: { reasoning_tokens: thoughts } }),
  };
  into.push({ type: "usage", usage: told });
}

function toModels(body: unknown): Model[] {
  return arrayAt(body, "models").flatMap((entry) => {
    const id = textAt(entry, "name")?.replace(/^models\//, "");
    if (id === undefined || !arrayAt(entry, "supportedGenerationMethods").includes("generateContent")) return [];
    const context = countAt(entry, "inputTokenLimit");
    return [
      createModel(id, {
        label: textAt(entry, "displayName") ?? id,
        ...(context !== undefined && { context_length: context }),
      }),
    ];
  });
}
