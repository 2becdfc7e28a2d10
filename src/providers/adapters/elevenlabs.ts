import { arrayAt, at, countAt, numberAt, textAt } from "../../lib/json.ts";
import type { ErrorCode } from "../../protocol/errors.ts";
import type { Model, Quota } from "../../protocol/models.ts";
import { speak } from "../elevenlabs/speech.ts";
import type { Transcript, TranscriptionRequest } from "../media.ts";
import { createModel, mediaTraits } from "../model-traits.ts";
import { createPlainProvider } from "../plain-provider.ts";
import type { Adapter, Call, ProviderOptions } from "../provider.ts";
import { createRequests, type Requests } from "../requests.ts";

/** What its list of models leaves out: those that write down what is spoken. */
const listeners = ["scribe_v2"];

const parameters = { voice: "George", format: "mp3", speed: 1 };

/** https://elevenlabs.io/docs/api-reference/introduction */
export const elevenlabs: Adapter = {
  name: "ElevenLabs",
  aliases: ["Eleven Labs"],
  keyNames: ["ELEVENLABS_API_KEY"],
  addressNames: ["ELEVENLABS_BASE_URL"],
  open(options: ProviderOptions) {
    const { name } = options;
    const identity = {
      name,
      label: name,
      url: "https://elevenlabs.io",
      loginUrl: "https://elevenlabs.io/app/settings/api-keys",
      auth: true,
      baseUrl: options.baseUrl ?? "https://api.elevenlabs.io/v1",
      usualModels: ["eleven_multilingual_v2", "eleven_flash_v2_5"],
    };
    const headers = (key: string | undefined): Record<string, string> =>
      key === undefined ? {} : { "xi-api-key": key };
    const requests = createRequests({ ...identity, headers, classify, options });
    return createPlainProvider(identity, options, {
      usualListeners: listeners,
      makes: (model) => (isListener(model) ? undefined : "audio"),
      parameters: (model) => ({ model, ...(!isListener(model ?? "") && parameters) }),
      listModels: async (call) => toModels(await requests.json({ path: "/models" }, call)),
      quota: async (call) => toQuota(await requests.json({ path: "/user/subscription" }, call)),
      speak: (request, call) => speak(request, requests, name, call),
      transcribe: (request, call) => transcribe(request, requests, call),
    });
  },
};

function isListener(model: string): boolean {
  return model.startsWith("scribe");
}

/** https://elevenlabs.io/docs/api-reference/models/list */
function toModels(body: unknown): Model[] {
  const speakers = arrayAt(body).flatMap((entry) => {
    const id = textAt(entry, "model_id");
    if (id === undefined || at(entry, "can_do_text_to_speech") === false) return [];
    return createModel(id, { ...mediaTraits("audio"), label: textAt(entry, "name") ?? id });
  });
  return [...speakers, ...listeners.map((id) => createModel(id, mediaTraits("audio")))];
}

/** https://elevenlabs.io/docs/api-reference/speech-to-text/convert: it takes no prompt. */
async function transcribe(
  { model, sound, fileName, language }: TranscriptionRequest,
  requests: Requests,
  call: Call,
): Promise<Transcript> {
  const form = new FormData();
  form.set("model_id", model);
  form.set("file", new Blob([new Uint8Array(sound)]), fileName);
  if (language !== undefined) form.set("language_code", language);
  const body = await requests.json({ path: "/speech-to-text", body: form, isSlow: true }, call);
  const found = textAt(body, "language_code");
  const duration = numberAt(body, "audio_duration_secs") ?? numberAt(arrayAt(body, "words").at(-1), "end");
  return {
    text: textAt(body, "text") ?? "",
    ...(found !== undefined && { language: found }),
    ...(duration !== undefined && { duration }),
  };
}

/** https://elevenlabs.io/docs/api-reference/user/subscription/get */
function toQuota(body: unknown): Quota {
  const used = countAt(body, "character_count") ?? null;
  const limit = countAt(body, "character_limit") ?? null;
  const resetsAt = new Date((countAt(body, "next_character_count_reset_unix") ?? NaN) * 1000);
  return {
    unit: "characters",
    remaining: used === null || limit === null ? null : Math.max(0, limit - used),
    used,
    limit,
    resets_at: Number.isNaN(resetsAt.getTime()) ? null : resetsAt.toISOString(),
  };
}

const meanings: Readonly<Record<string, ErrorCode>> = {
  quota_exceeded: "payment_required",
  voice_not_found: "upstream_rejected",
  max_character_limit_exceeded: "context_exceeded",
};

/** https://elevenlabs.io/docs/resources/error-messages: several of them come as 401. */
function classify(_status: number, body: unknown): ErrorCode | undefined {
  const told = [textAt(body, "detail", "status"), textAt(body, "detail", "code")];
  return told.flatMap((word) => (word !== undefined && Object.hasOwn(meanings, word) ? (meanings[word] ?? []) : []))[0];
}
