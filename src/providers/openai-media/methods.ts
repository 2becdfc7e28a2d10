import { arrayAt, textAt } from "../../lib/json.ts";
import type { Model } from "../../protocol/models.ts";
import type { MediaKind } from "../../protocol/resources.ts";
import { createModel } from "../model-traits.ts";
import type { Call, Provider, ProviderOptions } from "../provider.ts";
import type { Requests } from "../requests.ts";
import { createEmbed, type EmbeddingQuirks } from "./embeddings.ts";
import { createGenerate, type ImageQuirks } from "./images.ts";
import { createSpeak, type SpeechQuirks, speechParameters } from "./speech.ts";
import { createTranscribe, type TranscriptionQuirks } from "./transcription.ts";

/** What a vendor makes beside chats, in OpenAI's words; a capability is there where its option is. */
export interface MediaQuirks {
  readonly images?: ImageQuirks;
  readonly speech?: SpeechQuirks;
  readonly transcription?: TranscriptionQuirks;
  readonly embeddings?: EmbeddingQuirks;
}

/** A provider with the methods of its media. `told` holds what the vendor's list has said that models make. */
export function withMedia(
  provider: Provider,
  { images, speech, transcription, embeddings }: MediaQuirks,
  requests: Requests,
  told: Map<string, MediaKind>,
  options: ProviderOptions,
): Provider {
  const { name } = provider;
  const listPath = options.models === undefined ? images?.listPath : undefined;
  const makes = (model: string): MediaKind | undefined => {
    if (told.has(model)) return told.get(model);
    if (images?.models.test(model)) return "image";
    return speech?.models.test(model) ? "audio" : undefined;
  };

  return {
    ...provider,
    ...(listPath !== undefined && { listModels: (call: Call) => listWith(listPath, call) }),
    parameters(model) {
      const kind = makes(model ?? "");
      if (kind === "image" && images) return { model, ...images.parameters(model ?? "") };
      if (kind === "audio" && speech) return { model, ...speechParameters(speech, model ?? "") };
      return provider.parameters(model);
    },
    ...((images || speech) && { makes }),
    ...(images && { generate: createGenerate(name, requests, images) }),
    ...(speech && { speak: createSpeak(name, requests, speech), usualSpeakers: speech.usual ?? [] }),
    ...(transcription && {
      transcribe: createTranscribe(name, requests, transcription),
      usualListeners: transcription.usual ?? [],
    }),
    ...(embeddings && { embed: createEmbed(name, requests, embeddings) }),
  };

  /** Those that chat as well are asked in a chat. Nobody waits in vain for a chat because the other list has failed. */
  async function listWith(path: string, call: Call): Promise<Model[]> {
    const listed = provider.listModels(call);
    const pictures = requests.json({ path }, call).catch(() => undefined);
    const models = await listed;
    const known = new Set(models.map(({ id }) => id));
    const more = toPictureModels(await pictures).filter(({ id }) => !known.has(id));
    for (const { id } of more) told.set(id, "image");
    return [...models, ...more];
  }
}

function toPictureModels(body: unknown): Model[] {
  return [...arrayAt(body, "data"), ...arrayAt(body, "models")].flatMap((entry) => {
    const id = textAt(entry, "id");
    if (id === undefined) return [];
    const inputs = [...arrayAt(entry, "input_modalities"), ...arrayAt(entry, "architecture", "input_modalities")];
    return createModel(id, {
      label: textAt(entry, "name") ?? id,
      image: true,
      vision: inputs.includes("image"),
      tools: false,
      reasoning: false,
    });
  });
}
