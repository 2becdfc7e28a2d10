import { createCompatibleAdapter } from "../openai-compatible.ts";

/** https://github.com/ggml-org/llama.cpp/tree/master/tools/server */
export const llamaCpp = createCompatibleAdapter({
  name: "LlamaCpp",
  label: "llama.cpp",
  url: "https://github.com/ggml-org/llama.cpp",
  baseUrl: "http://127.0.0.1:8080/v1",
  addressNames: ["LLAMACPP_BASE_URL"],
  media: { embeddings: {} },
  local: { probePath: "/props" },
});
