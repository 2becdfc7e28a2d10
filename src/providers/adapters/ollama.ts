import { createId } from "../../lib/ids.ts";
import { arrayAt, at, countAt, textAt, tryParseJson } from "../../lib/json.ts";
import { lookUp } from "../../lib/lookup.ts";
import type { Message, Part, ResponseFormat } from "../../protocol/chat.ts";
import { ApiError } from "../../protocol/errors.ts";
import type { FinishReason } from "../../protocol/events.ts";
import { inlineOf, textOf, toolNames } from "../content.ts";
import { readLogprobs } from "../logprobs.ts";
import { createEmbed } from "../ollama/embed.ts";
import { toModels } from "../ollama/models.ts";
import type { Adapter, ProviderChat, ProviderOptions, Sampling } from "../provider.ts";
import { createRequests } from "../requests.ts";
import { createWireProvider, StreamError, type Wire, type WireDecoder } from "../wire.ts";

/** https://github.com/ollama/ollama/blob/main/docs/api.md#generate-a-chat-completion */
export const ollama: Adapter = {
  name: "Ollama",
  aliases: ["OllamaLocal"],
  keyNames: [],
  addressNames: ["OLLAMA_HOST"],
  localAddress: "http://127.0.0.1:11434",
  probePath: "/api/version",
  open(options) {
    const { name } = options;
    const wire = createWire(options);
    const requests = createRequests({ ...wire, name, auth: false, options });
    const provider = createWireProvider(
      {
        name,
        label: "Ollama",
        url: "https://ollama.com",
        loginUrl: null,
        auth: false,
        loadsModels: true,
        passes: ["keep_alive", "options", "top_k", "min_p", "repetition_penalty", "logprobs", "top_logprobs"],
        parameters: () => ({
          temperature: 0.8,
          top_p: 0.9,
          max_tokens: 4096,
          stop: ["stop1"],
          seed: null,
          frequency_penalty: 0,
          presence_penalty: 0,
          tools: [],
          reasoning_effort: null,
          response_format: null,
        }),
      },
      wire,
      options,
      requests,
    );
    return { ...provider, embed: createEmbed(name, requests) };
  },
};

function createWire(options: ProviderOptions): Wire {
  return {
    baseUrl: options.baseUrl ?? "http://127.0.0.1:11434",
    framing: "ndjson",
    // Local servers want no key; one behind a proxy, or the vendor's own cloud, takes it so.
    headers: (key) => ({ ...(key !== undefined && { authorization: `Bearer ${key}` }) }),
    chatPath: () => "/api/chat",
    toBody,
    decoder: createDecoder,
    modelsPath: "/api/tags",
    toModels,
  };
}

function toBody({ model, messages, sampling, extra }: ProviderChat): Record<string, unknown> {
  const { options, top_k, min_p, repetition_penalty: repeat_penalty, ...rest } = extra;
  const named = toOptions({ top_k, min_p, repeat_penalty, ...sampling });
  const names = toolNames(messages);
  return {
    ...rest,
    model,
    messages: messages.map((message) => toMessage(message, names)),
    stream: true,
    ...(sampling.tools?.length && { tools: sampling.tools }),
    ...toFormat(sampling.response_format),
    ...toThink(model, sampling.reasoning_effort),
    options: { ...(typeof options === "object" && options), ...named },
  };
}

function toMessage(message: Message, names: ReturnType<typeof toolNames>): Record<string, unknown> {
  const { role, content, tool_calls, tool_call_id } = message;
  const media = Array.isArray(content) ? content.filter((part) => part.type !== "text") : [];
  const toolName = names.get(tool_call_id ?? undefined);
  const thinking = textAt(message, "reasoning_content") ?? textAt(message, "reasoning");
  return {
    role: role === "developer" ? "system" : role,
    content: textOf(content),
    ...(role === "assistant" && thinking && { thinking }),
    ...(media.length > 0 && { images: media.map(toPicture) }),
    ...(tool_calls?.length && {
      tool_calls: tool_calls.map(({ id, function: { name, arguments: args } }) => ({
        ...(id && { id }),
        function: { name, arguments: tryParseJson(args || "{}") ?? {} },
      })),
    }),
    ...(role === "tool" && toolName && { tool_name: toolName }),
    ...(role === "tool" && tool_call_id && { tool_call_id }),
  };
}

function toPicture(part: Exclude<Part, { type: "text" }>): string {
  if (part.type === "image_url") return inlineOf(part, "Ollama").base64;
  throw new ApiError("upstream_rejected", "Ollama takes text and pictures: no files, and no sound");
}

function toOptions(asked: Sampling & Readonly<Record<string, unknown>>): Record<string, unknown> {
  const { max_tokens: num_predict, stop } = asked;
  const named = { num_predict, stop: stop == null ? stop : [stop].flat() };
  const all = [...namedAlike.map((name) => [name, asked[name]] as const), ...Object.entries(named)];
  return Object.fromEntries(all.filter(([, value]) => value != null));
}

/** The others have the same names here. */
const namedAlike = "temperature top_p top_k min_p seed frequency_penalty presence_penalty repeat_penalty".split(" ");

function toFormat(format: ResponseFormat | null | undefined): Record<string, unknown> {
  if (format == null || format.type === "text") return {};
  return { format: format.type === "json_schema" ? format.json_schema.schema : "json" };
}

/** Models that cannot think refuse the field, so it is sent only when asked for; gpt-oss alone knows degrees. */
function toThink(model: string, effort: string | null | undefined): Record<string, unknown> {
  if (effort == null) return {};
  if (effort === "none") return { think: false };
  if (!model.includes("gpt-oss")) return { think: true };
  return { think: effort === "minimal" ? "low" : effort };
}

function createDecoder(): WireDecoder {
  let state: WireDecoder["state"] = "open";
  let model: string | undefined;
  let calls = 0;

  return {
    get state() {
      return state;
    },
    decode(message, _event, into) {
      if (textAt(message, "error") !== undefined) throw new StreamError(message, "upstream_failed");
      const named = textAt(message, "model");
      if (named && named !== model) into.push({ type: "model", model: (model = named) });
      const token = textAt(message, "message", "thinking");
      if (token) into.push({ type: "reasoning", token });
      const content = textAt(message, "message", "content");
      if (content) into.push({ type: "content", content });
      readLogprobs(at(message, "logprobs"), into);
      for (const call of arrayAt(message, "message", "tool_calls")) {
        const id = textAt(call, "id") ?? createId("call");
        const name = textAt(call, "function", "name") ?? "";
        const args = JSON.stringify(at(call, "function", "arguments") ?? {});
        into.push({
          type: "tool_calls",
          tool_calls: [{ index: calls++, id, type: "function", function: { name, arguments: args } }],
        });
      }
      if (at(message, "done") !== true) return;
      // A prompt that came from the cache is not counted.
      const prompt_tokens = countAt(message, "prompt_eval_count");
      const completion_tokens = countAt(message, "eval_count");
      into.push({
        type: "usage",
        usage: {
          ...(prompt_tokens !== undefined && { prompt_tokens }),
          ...(completion_tokens !== undefined && { completion_tokens }),
        },
      });
      const loadSeconds = (countAt(message, "load_duration") ?? 0) / 1e9;
      if (loadSeconds >= 1) into.push({ type: "log", log: `loading the model took ${loadSeconds.toFixed(1)} s` });
      into.push({ type: "finish", reason: lookUp(finishReasons, textAt(message, "done_reason")) ?? "stop" });
      state = "closed";
    },
  };
}

const finishReasons: Readonly<Record<string, FinishReason>> = { stop: "stop", length: "length" };
