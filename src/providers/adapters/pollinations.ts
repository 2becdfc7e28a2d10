import { arrayAt, numberAt, textAt } from "../../lib/json.ts";
import { createCompatibleAdapter } from "../openai-compatible.ts";
import type { Adapter } from "../provider.ts";

const shared = {
  name: "Pollinations",
  url: "https://pollinations.ai",
  loginUrl: "https://enter.pollinations.ai",
  aliases: ["PollinationsAI"],
  keyNames: ["POLLINATIONS_API_KEY"],
  addressNames: ["POLLINATIONS_BASE_URL"],
  idField: "name",
  toModel(entry: unknown) {
    const endpoints = arrayAt(entry, "supported_endpoints");
    if (endpoints.length > 0 && !endpoints.includes("/v1/chat/completions")) return undefined;
    const inputs = arrayAt(entry, "input_modalities");
    const abilities = arrayAt(entry, "capabilities");
    const label = textAt(entry, "title");
    return {
      ...(label !== undefined && { label }),
      ...(inputs.length > 0 && { vision: inputs.includes("image") }),
      tools: abilities.includes("tool_calling"),
      reasoning: abilities.includes("reasoning"),
    };
  },
};

/** https://gen.pollinations.ai/docs */
const withKey = createCompatibleAdapter({
  ...shared,
  baseUrl: "https://gen.pollinations.ai/v1",
  usualModels: ["openai/gpt-5.4-nano", "google/gemini-3.5-flash-lite"],
  // Those of the community run on their owners' machines.
  modelsPath: "/../text/models?community=false",
  quota: {
    path: "/../account/balance",
    toQuota: (body) => ({ unit: "pollen", remaining: numberAt(body, "balance") ?? null }),
  },
});

/** https://github.com/pollinations/pollinations/blob/main/LEGACY_MIGRATION.md */
const withoutKey = createCompatibleAdapter({
  ...shared,
  baseUrl: "https://text.pollinations.ai/v1",
  isPublic: true,
  usualModels: ["openai-fast"],
  modelsPath: "/../models",
});

/** Strangers are answered at the older address alone, and those with a key at the newer. */
export const pollinations: Adapter = {
  ...withKey,
  open: (options) => (options.apiKeys?.length ? withKey : withoutKey).open(options),
};
