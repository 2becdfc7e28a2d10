import { createCompatibleAdapter } from "../openai-compatible.ts";

const reasons = /^(o\d|gpt-[5-9])(?!.*chat)/;

/** https://platform.openai.com/docs/api-reference/chat */
export const openai = createCompatibleAdapter({
  name: "OpenAI",
  url: "https://openai.com",
  loginUrl: "https://platform.openai.com/api-keys",
  baseUrl: "https://api.openai.com/v1",
  aliases: ["OpenaiAPI", "OpenaiChat"],
  keyNames: ["OPENAI_API_KEY"],
  addressNames: ["OPENAI_BASE_URL", "OPENAI_API_BASE"],
  usualModels: ["gpt-6-luna", "gpt-5.6-luna", "gpt-5-mini", "gpt-4o-mini"],
  renamesMaxTokens: /^(o\d|gpt-[5-9])/,
  // https://platform.openai.com/docs/guides/reasoning and each model's page
  refuses(model) {
    if (reasons.test(model)) return ["temperature", "top_p", "frequency_penalty", "presence_penalty", "stop"];
    return /^(gpt-[34]|chatgpt)/.test(model) ? ["reasoning_effort"] : [];
  },
});
