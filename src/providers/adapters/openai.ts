import { createCompatibleAdapter } from "../openai-compatible.ts";
import { createModel } from "../model-traits.ts";
import { openaiSpeech, openaiTranscription } from "../openai-media/openai-audio.ts";
import { openaiImages } from "../openai-media/openai-images.ts";
import type { Adapter, ProviderOptions } from "../provider.ts";
import { toBody, unknownFields } from "../responses/body.ts";
import { createDecoder } from "../responses/decoder.ts";
import { withSecondTry } from "../responses/second-try.ts";

const reasons = /^(o\d|gpt-[5-9])(?!.*chat)/;

const responses = { chatPath: () => "/responses", toBody, decoder: createDecoder };

/** https://platform.openai.com/docs/api-reference/chat and, for models that reason, /responses */
const compatible = createCompatibleAdapter({
  name: "OpenAI",
  url: "https://openai.com",
  loginUrl: "https://platform.openai.com/api-keys",
  baseUrl: "https://api.openai.com/v1",
  aliases: ["OpenaiAPI", "OpenaiChat"],
  keyNames: ["OPENAI_API_KEY"],
  addressNames: ["OPENAI_BASE_URL", "OPENAI_API_BASE"],
  usualModels: ["gpt-6-luna", "gpt-5.6-luna", "gpt-5-mini", "gpt-4o-mini"],
  // https://platform.openai.com/docs/guides/pdf-files
  readsPdfs: (model) => createModel(model).vision,
  renamesMaxTokens: /^(o\d|gpt-[5-9])/,
  // Films are made no more: https://developers.openai.com/api/docs/models/sora-2
  media: { images: openaiImages, speech: openaiSpeech, transcription: openaiTranscription, embeddings: {} },
  wireFor: (model, options) => (usesResponses(model, options) ? responses : undefined),
  // https://platform.openai.com/docs/guides/reasoning and each model's page
  refuses(model, options) {
    const unknown = usesResponses(model, options) ? unknownFields : [];
    if (reasons.test(model))
      return ["temperature", "top_p", "frequency_penalty", "presence_penalty", "stop", ...unknown];
    return [...(/^(gpt-[34]|chatgpt)/.test(model) ? ["reasoning_effort"] : []), ...unknown];
  },
});

export const openai: Adapter = {
  ...compatible,
  hasApis: true,
  open: (options) => withSecondTry(compatible.open(options)),
};

/**
 * Responses tells what was thought, and keeps it over calls of tools; models that search are answered by chat alone.
 * At an address of somebody else's most servers know but chat.
 */
function usesResponses(model: string, { api, baseUrl }: ProviderOptions): boolean {
  if (api !== undefined) return api === "responses";
  return baseUrl === undefined && reasons.test(model) && !/search/.test(model);
}
