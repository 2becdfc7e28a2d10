import { createCompatibleAdapter } from "../openai-compatible.ts";

/** https://lmstudio.ai/docs/app/api/endpoints/openai */
export const lmStudio = createCompatibleAdapter({
  name: "LMStudio",
  label: "LM Studio",
  url: "https://lmstudio.ai",
  baseUrl: "http://127.0.0.1:1234/v1",
  addressNames: ["LMSTUDIO_BASE_URL"],
  media: { embeddings: {} },
  local: { probePath: "/api/v0/models" },
});
