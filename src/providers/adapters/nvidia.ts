import { createCompatibleAdapter } from "../openai-compatible.ts";

/** https://docs.api.nvidia.com/nim/reference/llm-apis */
export const nvidia = createCompatibleAdapter({
  name: "Nvidia",
  label: "NVIDIA NIM",
  url: "https://build.nvidia.com",
  loginUrl: "https://build.nvidia.com/settings/api-keys",
  baseUrl: "https://integrate.api.nvidia.com/v1",
  aliases: ["NvidiaNIM", "NIM"],
  keyNames: ["NVIDIA_API_KEY"],
  addressNames: ["NVIDIA_BASE_URL"],
  usualModels: ["nvidia/nemotron-3-super-120b-a12b", "nvidia/nemotron-3-nano-30b-a3b", "meta/llama-3.3-70b-instruct"],
  refuses: (model) => ["parallel_tool_calls", ...(model.includes("gpt-oss") ? [] : ["reasoning_effort"])],
  passes: ["chat_template_kwargs", "reasoning_budget"],
});
