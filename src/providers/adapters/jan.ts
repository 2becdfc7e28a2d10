import { createCompatibleAdapter } from "../openai-compatible.ts";

/** https://jan.ai/docs/api-server */
export const jan = createCompatibleAdapter({
  name: "Jan",
  label: "Jan",
  url: "https://jan.ai",
  baseUrl: "http://127.0.0.1:1337/v1",
  addressNames: ["JAN_BASE_URL"],
  local: { probePath: "/v1/models" },
});
