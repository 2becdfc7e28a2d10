import { arrayAt, countAt, textAt } from "../../lib/json.ts";
import type { Model } from "../../protocol/models.ts";
import { toBody } from "../gemini/body.ts";
import { createDecoder } from "../gemini/decoder.ts";
import { canThink, versionOf } from "../gemini/version.ts";
import { createModel } from "../model-traits.ts";
import type { Adapter, ProviderOptions } from "../provider.ts";
import { createWireProvider, type Wire } from "../wire.ts";

/** https://ai.google.dev/api/generate-content#method:-models.streamgeneratecontent */
export const gemini: Adapter = {
  name: "Gemini",
  aliases: ["GeminiPro", "Google", "GeminiAPI"],
  keyNames: ["GEMINI_API_KEY", "GOOGLE_API_KEY"],
  addressNames: ["GEMINI_BASE_URL"],
  open: (options) =>
    createWireProvider(
      {
        name: options.name,
        label: "Google Gemini",
        url: "https://ai.google.dev",
        loginUrl: "https://aistudio.google.com/apikey",
        auth: true,
        usualModels: ["gemini-flash-latest", "gemini-3.5-flash", "gemini-2.5-flash"],
        passes: ["safetySettings", "top_k"],
        parameters: (model) => ({
          temperature: 1,
          top_p: 0.95,
          max_tokens: 8192,
          stop: ["stop1"],
          seed: null,
          // Models from 2.5 on refuse penalties.
          ...(versionOf(model) < 2.5 && { frequency_penalty: 0, presence_penalty: 0 }),
          ...(canThink(model) && { reasoning_effort: null }),
          tools: [],
          tool_choice: "auto",
          response_format: null,
        }),
      },
      createWire(options),
      options,
    ),
};

function createWire(options: ProviderOptions): Wire {
  return {
    baseUrl: options.baseUrl ?? "https://generativelanguage.googleapis.com/v1beta",
    framing: "sse",
    headers: (key) => ({ ...(key !== undefined && { "x-goog-api-key": key }) }),
    chatPath: ({ model }) => `/models/${encodeURIComponent(model.toWellFormed())}:streamGenerateContent?alt=sse`,
    toBody,
    decoder: createDecoder,
    modelsPath: "/models?pageSize=1000",
    toModels,
    // A wrong key is a 400 here: https://ai.google.dev/gemini-api/docs/troubleshooting
    classify: (status, body) =>
      status === 400 &&
      arrayAt(body, "error", "details").some((detail) => textAt(detail, "reason") === "API_KEY_INVALID")
        ? "missing_auth"
        : undefined,
  };
}

function toModels(body: unknown): Model[] {
  return arrayAt(body, "models").flatMap((entry) => {
    const id = textAt(entry, "name")?.replace(/^models\//, "");
    if (id === undefined || !arrayAt(entry, "supportedGenerationMethods").includes("generateContent")) return [];
    const context = countAt(entry, "inputTokenLimit");
    return [
      createModel(id, {
        label: textAt(entry, "displayName") ?? id,
        ...(context !== undefined && { context_length: context }),
      }),
    ];
  });
}
