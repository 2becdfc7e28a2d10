import { arrayAt, at, countAt, isObject, textAt } from "../../lib/json.ts";
import { createCompatibleAdapter } from "../openai-compatible.ts";

/** https://docs.mistral.ai/api */
export const mistral = createCompatibleAdapter({
  name: "Mistral",
  url: "https://mistral.ai",
  loginUrl: "https://console.mistral.ai/api-keys",
  baseUrl: "https://api.mistral.ai/v1",
  aliases: ["MistralAI", "Mistral AI"],
  keyNames: ["MISTRAL_API_KEY"],
  addressNames: ["MISTRAL_BASE_URL"],
  usualModels: ["mistral-small-latest", "mistral-medium-latest", "ministral-8b-latest"],
  passes: ["prompt_mode", "safe_prompt"],
  // https://docs.mistral.ai/studio/audio/overview, https://docs.mistral.ai/capabilities/embeddings
  media: {
    transcription: { usual: ["voxtral-mini-latest"], takesPrompt: () => false },
    embeddings: { dimensionsField: "output_dimension" },
  },
  // It refuses every field that it does not know.
  stops: ["logit_bias", "logprobs", "top_logprobs", "top_k", "min_p", "repetition_penalty", "user", "verbosity"],
  takesNames: false,
  // https://docs.mistral.ai/capabilities/reasoning
  refuses: (model) => (/^(mistral-(small|medium|large-[4-9])|magistral|.*glm)/.test(model) ? [] : ["reasoning_effort"]),
  adjust({ seed, reasoning_effort: effort, messages, stream_options: _, ...body }) {
    return {
      ...body,
      messages: Array.isArray(messages) ? messages.map(withShortIds) : messages,
      ...(seed != null && { random_seed: seed }),
      ...(effort != null && { reasoning_effort: effort === "none" ? "none" : "high" }),
    };
  },
  toModel(entry) {
    const can = at(entry, "capabilities");
    if (at(can, "completion_chat") === false) {
      const id = textAt(entry, "id") ?? "";
      return /transcribe/.test(id) ? { label: id, audio: true, tools: false, vision: false } : undefined;
    }
    const context = countAt(entry, "max_context_length");
    return {
      // Its `name` is that of the dated model, the same for every alias.
      label: textAt(entry, "id") ?? "",
      ...(context !== undefined && { context_length: context }),
      ...(isObject(can) && {
        vision: can.vision === true,
        tools: can.function_calling === true,
        audio: can.audio === true,
      }),
      ...(typeof at(can, "reasoning") === "boolean" && { reasoning: at(can, "reasoning") === true }),
    };
  },
});

function withShortIds(message: unknown): unknown {
  if (!isObject(message)) return message;
  const calls = arrayAt(message, "tool_calls");
  return {
    ...message,
    ...(calls.length > 0 && {
      tool_calls: calls.map((call) => (isObject(call) ? { ...call, id: toCallId(call.id) } : call)),
    }),
    ...(message.tool_call_id !== undefined && { tool_call_id: toCallId(message.tool_call_id) }),
  };
}

/** Nine letters and digits, as it wants them; those of other vendors become such, the same ones every time. */
function toCallId(id: unknown): unknown {
  if (typeof id !== "string") return id;
  const text = id;
  return /^[a-zA-Z0-9]{9}$/.test(text) ? text : Bun.hash(text).toString(36).padStart(9, "0").slice(-9);
}
