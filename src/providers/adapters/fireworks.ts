import { at, textAt } from "../../lib/json.ts";
import { createCompatibleAdapter } from "../openai-compatible.ts";

/** https://docs.fireworks.ai/api-reference/post-chatcompletions */
export const fireworks = createCompatibleAdapter({
  name: "Fireworks",
  label: "Fireworks AI",
  url: "https://fireworks.ai",
  loginUrl: "https://app.fireworks.ai/settings/users/api-keys",
  baseUrl: "https://api.fireworks.ai/inference/v1",
  aliases: ["FireworksAI"],
  keyNames: ["FIREWORKS_API_KEY"],
  addressNames: ["FIREWORKS_BASE_URL"],
  usualModels: [
    "accounts/fireworks/models/glm-5p3-flash",
    "accounts/fireworks/models/deepseek-v4p1-flash",
    "accounts/fireworks/models/gpt-oss-120b",
  ],
  reasoningField: "reasoning_content",
  // https://docs.fireworks.ai/guides/querying-embeddings-models; pictures have an interface of their own.
  media: { embeddings: {} },
  passes: ["thinking", "reasoning_history"],
  // Its schemas are closed; the last chunk tells the usage unasked.
  takesNames: false,
  adjust: ({ stream_options: _, ...body }) => body,
  // An account that is suspended, or has spent what it may.
  classify: (status) => (status === 412 ? "payment_required" : undefined),
  toModel(entry) {
    // Embedding models and rerankers say that they support chat.
    if (at(entry, "supports_chat") === false || /embedding/i.test(textAt(entry, "kind") ?? "")) return undefined;
    const vision = at(entry, "supports_image_input");
    const tools = at(entry, "supports_tools");
    return { ...(typeof vision === "boolean" && { vision }), ...(typeof tools === "boolean" && { tools }) };
  },
});
