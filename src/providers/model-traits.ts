import type { Capability, Model } from "../protocol/models.ts";
import type { MediaKind } from "../protocol/resources.ts";
import type { Provider } from "./provider.ts";

/**
 * What families of models can do, for upstreams that list names alone. Patterns over the last part of a name, in lower
 * case; an upstream that tells of itself is believed instead. A family missing here is listed without the trait and
 * can still be asked for it: traits order the router's candidates, they forbid nothing.
 */
const families: readonly (readonly [Capability, RegExp])[] = [
  ["vision", /^(gpt-4o|gpt-4\.1|gpt-4-turbo|gpt-[5-9]|chatgpt-4o|o[134]($|-(?!mini$))|o4-mini)/],
  ["vision", /^(claude-(?!2|instant)|gemini-|gemma-?[34]|pixtral|llava|bakllava|moondream|minicpm-v)/],
  ["vision", /(vision|-vl\b|[0-9]vl\b|llama-?4|mistral-(small|medium)-(3|latest))/],
  ["image", /^(dall-e|gpt-image|imagen|flux|stable-diffusion|sdxl)|-image(-|$)|nano-banana/],
  ["audio", /(audio|^whisper|^tts-|transcribe|-tts(-|$)|orpheus|kokoro|^eleven|^scribe)/],
  ["video", /^(sora|veo|gemini-omni)/],
  [
    "tools",
    /^(gpt-|o[134]|claude-|gemini-|mistral|ministral|codestral|llama-?(3\.[1-3]|4)|qwen|command-|grok-|deepseek)/,
  ],
  ["reasoning", /^(o[134]($|-)|gpt-[5-9]|gpt-oss|deepseek-r|qwq|magistral|grok-[34])|(thinking|reasoner|-r1\b)/],
  [
    "reasoning",
    /^(claude-(3-7|(?!2|3|instant))|gemini-(2\.5|[3-9]|nano-banana|(pro|flash|flash-lite)-latest)|qwen-?3)/,
  ],
];

/** Models that answer no chat. */
const silent = new RegExp(
  [
    /embed|^whisper|^tts-|-tts(-|$)|moderation|^dall-e|^gpt-image|^chatgpt-image|^imagen|^sora|^veo|^gemini-omni/,
    /transcribe|rerank|^flux|realtime|grok-imagine|orpheus|kokoro|minilm|^bge-|^seed(ream|ance)|^nano-?banana/,
    /^stable-diffusion|^csm-|^chatterbox|^gte-|-e5-|^e5-|^lyria|-ocr|^davinci|^babbage|-instruct-0914$/,
    /^ideogram|^recraft|^kling|^hailuo|^wan-?\d|^[pz]-?image|^qwen-?image|^eleven|^scribe|^sana$/,
  ]
    .map(({ source }) => source)
    .join("|"),
);

/** A model known by its name, with what the upstream tells of it in `told`. */
export function createModel(id: string, told: Partial<Model> = {}): Model {
  const name = lastPart(id);
  const has = (capability: Capability) => isKnownFor(capability, name);
  return {
    id,
    model: id,
    label: id,
    default: false,
    image: has("image"),
    vision: has("vision"),
    audio: has("audio"),
    video: has("video"),
    tools: has("tools"),
    reasoning: has("reasoning"),
    count: null,
    tags: [],
    ...told,
  };
}

/** Whether it sees pictures, as its name tells. */
export function seesPictures(id: string): boolean {
  return isKnownFor("vision", lastPart(id));
}

function isKnownFor(capability: Capability, name: string): boolean {
  return families.some(([of, pattern]) => of === capability && pattern.test(name));
}

/** What a model that makes something is said to do: that alone. */
export function mediaTraits(kind: MediaKind): Partial<Model> {
  return {
    image: kind === "image",
    video: kind === "video",
    audio: kind === "audio",
    vision: false,
    tools: false,
    reasoning: false,
  };
}

/** Whether a model can be the default for a chat, as its name tells, or its provider. */
export function isChatModel(model: Model, provider?: Pick<Provider, "makes">): boolean {
  return !silent.test(lastPart(model.id)) && provider?.makes?.(model.id) === undefined;
}

/** Whether a model writes down recordings and does nothing else, as its name tells. */
export function isListener(id: string): boolean {
  return /whisper|transcri|scribe/.test(lastPart(id));
}

/** Whether a model says as a vector what a text means, as its name tells. */
export function isEmbedder(id: string): boolean {
  return /embed|^bge-|^gte-|(^|-)e5-|minilm/.test(lastPart(id));
}

/**
 * The model of a list that a name means: that very one, else the same without its maker, `:latest` or date:
 * `openai/gpt-4o` and `gpt-4o`, `llama3.2:latest` and `llama3.2`, `claude-sonnet-4-5-20250929` and `claude-sonnet-4-5`.
 */
export function findModel(models: readonly Model[], asked: string): Model | undefined {
  const name = lastPart(asked);
  return (
    models.find(({ id }) => id === asked) ??
    models.find(({ id }) => lastPart(id) === name) ??
    models.find(({ id }) => lastPart(id).replace(/-\d{4}-?\d{2}-?\d{2}$/, "") === name)
  );
}

function lastPart(id: string): string {
  return id
    .toLowerCase()
    .replace(/^.*\//, "")
    .replace(/:latest$/, "");
}
