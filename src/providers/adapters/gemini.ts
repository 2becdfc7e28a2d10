import { arrayAt, countAt, textAt } from "../../lib/json.ts";
import type { Model } from "../../protocol/models.ts";
import { toBody } from "../gemini/body.ts";
import { count } from "../gemini/count.ts";
import { createDecoder } from "../gemini/decoder.ts";
import { embed } from "../gemini/embeddings.ts";
import { makeFilms, usualPolling } from "../gemini/films.ts";
import { draws, makes, mediaParameters } from "../gemini/makes.ts";
import { speak } from "../gemini/speech.ts";
import { transcribe } from "../gemini/transcript.ts";
import { canThink, versionOf } from "../gemini/version.ts";
import { createModel } from "../model-traits.ts";
import type { Adapter, Provider, ProviderOptions } from "../provider.ts";
import { createRequests } from "../requests.ts";
import { createWireProvider, type Wire } from "../wire.ts";

/** https://ai.google.dev/api/generate-content#method:-models.streamgeneratecontent */
export const gemini: Adapter = {
  name: "Gemini",
  aliases: ["GeminiPro", "Google", "GeminiAPI"],
  keyNames: ["GEMINI_API_KEY", "GOOGLE_API_KEY"],
  addressNames: ["GEMINI_BASE_URL", "GOOGLE_GEMINI_BASE_URL"],
  open: (options) => openGemini(options),
};

export function openGemini(options: ProviderOptions, polling = usualPolling): Provider {
  const { name } = options;
  const wire = createWire(options);
  const requests = createRequests({ name, auth: true, options, ...wire });
  const provider = createWireProvider(
    {
      name,
      label: "Google Gemini",
      url: "https://ai.google.dev",
      loginUrl: "https://aistudio.google.com/apikey",
      auth: true,
      usualModels: ["gemini-flash-latest", "gemini-3.5-flash", "gemini-2.5-flash"],
      readsPdfs: () => true,
      passes: ["safetySettings", "top_k"],
      parameters: (model) => mediaParameters(model) ?? chatParameters(model),
    },
    wire,
    options,
    requests,
  );
  return {
    ...provider,
    makes,
    usualSpeakers: ["gemini-3.8-flash-tts", "gemini-2.5-flash-preview-tts"],
    // Those that chat write down what they hear as well.
    usualListeners: ["gemini-3.5-transcribe", ...provider.usualModels],
    generate: (request, call) => makeFilms({ name, requests, polling }, request, call),
    speak: (request, call) => speak(provider, request, call),
    transcribe: (request, call) => transcribe(requests, name, request, call),
    embed: (request, call) => embed(requests, name, request, call),
  };
}

function chatParameters(model: string): Readonly<Record<string, unknown>> {
  return {
    temperature: 1,
    top_p: 0.95,
    max_tokens: 8192,
    stop: ["stop1"],
    seed: null,
    // Models from 2.5 on refuse penalties.
    ...(versionOf(model) < 2.5 && { frequency_penalty: 0, presence_penalty: 0 }),
    ...(canThink(model) && { reasoning_effort: null }),
    // Models that draw call no tools, and answer in no given form.
    ...(draws(model)
      ? { aspect_ratio: "1:1", resolution: "1K", width: null, height: null }
      : { tools: [], tool_choice: "auto", response_format: null }),
  };
}

function createWire(options: ProviderOptions): Wire {
  return {
    baseUrl: options.baseUrl ?? "https://generativelanguage.googleapis.com/v1beta",
    framing: "sse",
    headers: (key) => ({ ...(key !== undefined && { "x-goog-api-key": key }) }),
    chatPath: ({ model }) => `/models/${encodeURIComponent(model.toWellFormed())}:streamGenerateContent?alt=sse`,
    toBody,
    decoder: (chat) => createDecoder(chat, options.name),
    count,
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

/** Of what the vendor can be asked, what we ask. */
const methods = new Set<unknown>(["generateContent", "predictLongRunning", "embedContent"]);

function toModels(body: unknown): Model[] {
  return arrayAt(body, "models").flatMap((entry) => {
    const id = textAt(entry, "name")?.replace(/^models\//, "");
    const isOffered = arrayAt(entry, "supportedGenerationMethods").some((method) => methods.has(method));
    if (id === undefined || !isOffered) return [];
    const context = countAt(entry, "inputTokenLimit");
    return [
      createModel(id, {
        label: textAt(entry, "displayName") ?? id,
        ...(context !== undefined && { context_length: context }),
        ...((draws(id) || makes(id)) && { tools: false }),
      }),
    ];
  });
}
