import { arrayAt, textAt } from "../../lib/json.ts";
import type { Model } from "../../protocol/models.ts";
import { defaultMaxTokens, toBody } from "../anthropic/body.ts";
import { count } from "../anthropic/count.ts";
import { createDecoder } from "../anthropic/decoder.ts";
import { versionOf } from "../anthropic/version.ts";
import { createModel } from "../model-traits.ts";
import type { Adapter, ProviderOptions } from "../provider.ts";
import { createWireProvider, type Wire } from "../wire.ts";

/** https://docs.anthropic.com/en/api/messages */
export const anthropic: Adapter = {
  name: "Anthropic",
  aliases: ["Claude", "AnthropicAPI"],
  keyNames: ["ANTHROPIC_API_KEY"],
  addressNames: ["ANTHROPIC_BASE_URL"],
  open: (options) =>
    createWireProvider(
      {
        name: options.name,
        label: "Anthropic",
        url: "https://www.anthropic.com",
        loginUrl: "https://console.anthropic.com/settings/keys",
        auth: true,
        usualModels: ["claude-sonnet-5-5", "claude-sonnet-5", "claude-sonnet-4-6", "claude-sonnet-4-5"],
        readsPdfs: () => true,
        passes: ["top_k", "metadata", "service_tier", "thinking"],
        parameters: (model) => ({
          // https://platform.claude.com/docs/en/about-claude/models: refused from 4.7 on, and both at once from 4.1 on.
          ...(versionOf(model) < 4.7 && { temperature: 1 }),
          ...(versionOf(model) < 4.1 && { top_p: 1 }),
          ...(versionOf(model) >= 3.7 && { reasoning_effort: null }),
          max_tokens: defaultMaxTokens,
          stop: ["stop1"],
          tools: [],
          tool_choice: "auto",
          parallel_tool_calls: true,
          response_format: null,
        }),
      },
      createWire(options),
      options,
    ),
};

function createWire(options: ProviderOptions): Wire {
  return {
    // Other programs set ANTHROPIC_BASE_URL without a version.
    baseUrl: (options.baseUrl ?? "https://api.anthropic.com").replace(/\/v1\/?$/, ""),
    framing: "sse",
    headers: (key) => ({ "anthropic-version": "2023-06-01", ...(key !== undefined && { "x-api-key": key }) }),
    chatPath: () => "/v1/messages",
    toBody,
    decoder: createDecoder,
    count,
    modelsPath: "/v1/models?limit=1000",
    toModels,
    // A spent balance is a 400 here.
    classify: (status, body) =>
      status === 400 && /credit balance/i.test(textAt(body, "error", "message") ?? "") ? "payment_required" : undefined,
  };
}

function toModels(body: unknown): Model[] {
  return arrayAt(body, "data").flatMap((entry) => {
    const id = textAt(entry, "id");
    return id === undefined ? [] : [createModel(id, { label: textAt(entry, "display_name") ?? id })];
  });
}
