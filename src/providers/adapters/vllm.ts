import { createCompatibleAdapter } from "../openai-compatible.ts";

/** https://docs.vllm.ai/en/latest/serving/openai_compatible_server.html */
export const vllm = createCompatibleAdapter({
  name: "VLLM",
  label: "vLLM",
  url: "https://docs.vllm.ai",
  baseUrl: "http://127.0.0.1:8000/v1",
  addressNames: ["VLLM_BASE_URL"],
  media: { embeddings: {} },
  local: { probePath: "/version" },
});
