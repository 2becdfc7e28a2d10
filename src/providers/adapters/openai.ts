import { createCompatibleAdapter } from "../openai-compatible.ts";

/** https://platform.openai.com/docs/api-reference/chat */
export const openai = createCompatibleAdapter({
  name: "OpenAI",
  url: "https://openai.com",
  loginUrl: "https://platform.openai.com/api-keys",
  baseUrl: "https://api.openai.com/v1",
  aliases: ["OpenaiAPI", "OpenaiChat"],
  keyNames: ["OPENAI_API_KEY"],
  addressNames: ["OPENAI_BASE_URL", "OPENAI_API_BASE"],
  usualModel: "gpt-4o-mini",
  renamesMaxTokens: /^(o\d|gpt-[5-9])/,
});
