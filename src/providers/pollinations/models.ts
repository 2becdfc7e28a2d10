import { arrayAt, textAt } from "../../lib/json.ts";
import type { Model } from "../../protocol/models.ts";
import type { MediaKind } from "../../protocol/resources.ts";
import { mediaTraits } from "../model-traits.ts";

/** What the models make, as the lists tell it; by their names until then. */
export interface Kinds {
  of(name: string): MediaKind | undefined;
  learn(name: string, kind: MediaKind | undefined): void;
  /** What an entry of a list tells; `undefined` for what neither chats nor makes anything that we ask for. */
  toModel(entry: unknown): Partial<Model> | undefined;
}

const guesses: readonly (readonly [MediaKind, RegExp])[] = [
  ["video", /video|(^|\/)(veo|seedance|wan|kling|ltx|nova-reel|sora|hailuo)/],
  ["image", /image|(^|\/)(flux|kontext|nano-?banana|seedream|ideogram|dreamshaper|krea|sana$|nova-canvas)/],
  ["audio", /(^|\/)eleven(?!.*scribe)|-tts(-|$)|kokoro/],
];

export function createKinds(): Kinds {
  const told = new Map<string, MediaKind | undefined>();
  return {
    of: (name) => (told.has(name) ? told.get(name) : guesses.find(([, pattern]) => pattern.test(name))?.[0]),
    learn: (name, kind) => void told.set(name, kind),
    toModel(entry) {
      const category = textAt(entry, "category") ?? "text";
      const endpoints = arrayAt(entry, "supported_endpoints");
      const kind = kindOf(category, endpoints);
      const chats = endpoints.length === 0 || endpoints.includes("/v1/chat/completions");
      if (kind === undefined && !(category === "text" && chats)) return undefined;
      told.set(textAt(entry, "name") ?? "", kind);
      const label = textAt(entry, "title");
      return { ...(label !== undefined && { label }), ...(kind ? mediaTraits(kind) : chatTraits(entry)) };
    },
  };
}

/** Of what has to do with sound, some transcribe, some change voices, some make music: only speech is asked for. */
function kindOf(category: string, endpoints: readonly unknown[]): MediaKind | undefined {
  if (category === "image" || category === "video") return category;
  return category === "audio" && endpoints.includes("/v1/audio/speech") ? "audio" : undefined;
}

function chatTraits(entry: unknown): Partial<Model> {
  const inputs = arrayAt(entry, "input_modalities");
  const abilities = arrayAt(entry, "capabilities");
  return {
    ...(inputs.length > 0 && { vision: inputs.includes("image") }),
    tools: abilities.includes("tool_calling"),
    reasoning: abilities.includes("reasoning"),
  };
}

const parameters: Readonly<Record<MediaKind, Readonly<Record<string, unknown>>>> = {
  image: { aspect_ratio: "1:1", resolution: "1024x1024", width: 1024, height: 1024, seed: null },
  video: { aspect_ratio: "16:9", width: 1280, height: 720, duration: 5, seed: null },
  audio: { voice: "alloy", format: "mp3" },
};

export function mediaParameters(kind: MediaKind): Readonly<Record<string, unknown>> {
  return parameters[kind];
}
