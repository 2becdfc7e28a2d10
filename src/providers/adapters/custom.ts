import { createCompatibleAdapter } from "../openai-compatible.ts";

/** Any server that speaks chat completions, at an address that the operator gives. */
export const custom = createCompatibleAdapter({
  name: "Custom",
  label: "OpenAI-compatible server",
  url: null,
  baseUrl: "{CUSTOM_BASE_URL}",
});
