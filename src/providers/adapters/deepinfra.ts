import { arrayAt, at, countAt, isObject, numberAt, textAt } from "../../lib/json.ts";
import { createCompatibleAdapter, type Told } from "../openai-compatible.ts";
import type { ImageQuirks } from "../openai-media/images.ts";
import { toForm } from "../openai-media/openai-images.ts";
import { freeSize } from "../openai-media/sizes.ts";
import type { SpeechQuirks } from "../openai-media/speech.ts";
import { withPricing } from "../pricing.ts";

/** https://deepinfra.com/Qwen/Qwen-Image-Edit-Max/api: each model's page says the same */
const images: ImageQuirks = {
  models: /(^|\/)(FLUX|Qwen-Image|stable-diffusion|sdxl|sd3|seedream|Bria)/i,
  parameters: () => ({ aspect_ratio: "1:1", resolution: "1024x1024", width: 1024, height: 1024, n: 1 }),
  toQuestion({ model, prompt, inputs, settings }) {
    const { n, width, height } = settings;
    // Models differ in what they take: what is said exactly goes as it is, and a shape becomes about a megapixel.
    const rules = { step: 32, maxEdge: 1440, maxRatio: 4, minPixels: 256 * 256, maxPixels: 1440 * 1440 };
    const size = (width && height ? [width, height] : freeSize(settings, rules))?.join("x");
    const fields = { model, prompt, ...(size !== undefined && { size }), ...(n != null && { n }) };
    if (inputs.length > 0) return { path: "/images/edits", body: toForm(fields, inputs, "image") };
    return { path: "/images/generations", body: { ...fields, response_format: "b64_json" } };
  },
};

/** https://docs.deepinfra.com/speech/overview */
const speech: SpeechQuirks = {
  models: /kokoro|orpheus|chatterbox|csm-1b|zonos|(^|[^a-z])tts([^a-z]|$)/i,
  usual: ["hexgrad/Kokoro-82M"],
  voice: (model) => (/kokoro/i.test(model) ? "af_bella" : undefined),
  formats: ["mp3", "opus", "flac", "wav", "pcm"],
};

/** What is paid otherwise than by tokens that come out: pictures, speech and recordings are known by name. */
function toMediaModel(id: string): Told | undefined {
  if (images.models.test(id)) return { image: true, tools: false, reasoning: false, makes: "image" };
  if (speech.models.test(id)) return { audio: true, tools: false, reasoning: false, makes: "audio" };
  return /whisper/i.test(id) ? { audio: true } : undefined;
}

/** https://docs.deepinfra.com/chat/overview */
export const deepinfra = createCompatibleAdapter({
  name: "DeepInfra",
  url: "https://deepinfra.com",
  loginUrl: "https://deepinfra.com/dash/api_keys",
  baseUrl: "https://api.deepinfra.com/v1/openai",
  aliases: ["DeepInfraChat", "DeepInfraAPI"],
  keyNames: ["DEEPINFRA_API_KEY", "DEEPINFRA_TOKEN", "DEEPINFRA_API_TOKEN"],
  addressNames: ["DEEPINFRA_BASE_URL"],
  usualModels: ["deepseek-ai/DeepSeek-V4-Flash-0731", "openai/gpt-oss-120b", "meta-llama/Llama-3.3-70B-Instruct"],
  media: {
    images,
    speech,
    transcription: {
      usual: ["openai/whisper-large-v3-turbo", "openai/whisper-large-v3"],
      fields: (model) => ({ ...(/whisper/.test(model) && { response_format: "verbose_json" }) }),
    },
    embeddings: { maxTexts: 1024 },
  },
  // https://docs.deepinfra.com/api-reference/models/openai-models: prices are for a million tokens.
  toModel(entry) {
    const metadata = at(entry, "metadata");
    if (!isObject(metadata)) return {};
    const price = (field: string) => numberAt(metadata, "pricing", field);
    const output = price("output_tokens");
    if (output === undefined) return toMediaModel(textAt(entry, "id") ?? "");
    const context = countAt(metadata, "context_length");
    const tags = arrayAt(metadata, "tags");
    return {
      ...(context !== undefined && { context_length: context }),
      ...((tags.includes("vlm") || tags.includes("vision")) && { vision: true }),
      ...(tags.includes("reasoning") && { reasoning: true }),
      ...withPricing(price("input_tokens"), output, price("cache_read_tokens")),
    };
  },
  // What the account holds is a negative balance; what was used since the last bill is not yet taken from it.
  quota: {
    path: "/../../payment/checklist",
    toQuota(body) {
      const balance = numberAt(body, "stripe_balance");
      const used = numberAt(body, "recent") ?? null;
      const remaining = balance === undefined ? null : Number((-balance - (used ?? 0)).toFixed(6));
      return { unit: "USD", remaining, used, limit: numberAt(body, "limit") ?? null };
    },
  },
});
