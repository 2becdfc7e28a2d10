import { createCompatibleAdapter } from "../openai-compatible.ts";
import { openaiSpeech, openaiTranscription } from "../openai-media/openai-audio.ts";
import { openaiImages } from "../openai-media/openai-images.ts";

/** By the name of the deployment: people name it after its model. */
const reasons = (deployment: string) => /(^|[^a-z])(o\d|gpt-?[5-9])/i.test(deployment) && !/chat/i.test(deployment);

/** https://learn.microsoft.com/azure/foundry/openai/api-version-lifecycle */
export const azureOpenai = createCompatibleAdapter({
  name: "AzureOpenAI",
  label: "Azure OpenAI",
  url: "https://azure.microsoft.com/products/ai-services/openai-service",
  loginUrl: "https://ai.azure.com",
  baseUrl: "{AZURE_OPENAI_ENDPOINT}/openai/v1",
  aliases: ["azure-openai", "Azure"],
  keyNames: ["AZURE_OPENAI_API_KEY"],
  addressNames: ["AZURE_OPENAI_BASE_URL"],
  keyHeader: "api-key",
  // A model here is a deployment, under any name. The list at `/models` is of what could be deployed, none of which need
  // be: the operator says in `models` what there is.
  models: [],
  renamesMaxTokens: /./,
  media: { images: openaiImages, speech: openaiSpeech, transcription: openaiTranscription, embeddings: {} },
  // https://learn.microsoft.com/azure/ai-foundry/openai/how-to/reasoning
  refuses(model) {
    return reasons(model) ? ["temperature", "top_p", "frequency_penalty", "presence_penalty", "stop"] : [];
  },
});
