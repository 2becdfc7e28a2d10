import { at, countAt, textAt } from "../../lib/json.ts";
import { createCompatibleAdapter } from "../openai-compatible.ts";
import type { ProviderChat } from "../provider.ts";
import { withFormatInWords, withSchemaInWords } from "../structured.ts";

/** https://console.groq.com/docs/openai */
export const groq = createCompatibleAdapter({
  name: "Groq",
  url: "https://groq.com",
  loginUrl: "https://console.groq.com/keys",
  baseUrl: "https://api.groq.com/openai/v1",
  aliases: ["GroqCloud"],
  keyNames: ["GROQ_API_KEY"],
  addressNames: ["GROQ_BASE_URL"],
  usualModels: ["openai/gpt-oss-120b", "openai/gpt-oss-20b", "qwen/qwen3.8-27b"],
  passes: ["reasoning_format", "include_reasoning", "service_tier"],
  stops: ["logprobs", "top_logprobs", "logit_bias"],
  takesNames: false,
  // https://console.groq.com/docs/text-to-speech, https://console.groq.com/docs/speech-to-text
  media: {
    speech: {
      models: /orpheus|(^|[^a-z])tts([^a-z]|$)/,
      usual: ["canopylabs/orpheus-v1-english"],
      voice: (model) => (/arabic/.test(model) ? "fahad" : "hannah"),
      formats: ["wav"],
      takesSpeed: false,
    },
    transcription: {
      usual: ["whisper-large-v3-turbo", "whisper-large-v3"],
      fields: () => ({ response_format: "verbose_json" }),
    },
  },
  refuses: (model) => (/gpt-oss|qwen-?3/.test(model) ? [] : ["reasoning_effort"]),
  adjust: (body, chat) => withEffort(withFormat(body, chat), chat.model),
  // A question over the tokens of a minute.
  classify: (status) => (status === 413 ? "rate_limited" : undefined),
  toModel(entry) {
    const context = countAt(entry, "context_window");
    const id = textAt(entry, "id") ?? "";
    if (at(entry, "active") === false || /prompt-guard/.test(id)) return undefined;
    if (/whisper/.test(id)) return { audio: true };
    if (/orpheus|-tts/.test(id)) return { audio: true, makes: "audio" };
    return context === undefined ? {} : { context_length: context };
  },
});

/**
 * JSON comes whole, and never beside tools: then the schema is asked for in words alone.
 * https://console.groq.com/docs/structured-outputs
 */
function withFormat(body: Record<string, unknown>, chat: ProviderChat): Record<string, unknown> {
  const type = chat.sampling.response_format?.type ?? "text";
  if (type === "text") return body;
  if (body.tools !== undefined) return withFormatInWords(body, chat);
  const takesSchema = /gpt-oss|kimi-k2|llama-4/.test(chat.model);
  const { stream_options: _, ...rest } = takesSchema ? body : withSchemaInWords(body, chat);
  return { ...rest, stream: false };
}

/** Qwen thinks or it does not. */
function withEffort(body: Record<string, unknown>, model: string): Record<string, unknown> {
  const { reasoning_effort: effort } = body;
  const isKnown = effort == null || effort === "none" || !/qwen/.test(model);
  return isKnown ? body : { ...body, reasoning_effort: "default" };
}
