import type { MediaKind } from "../../protocol/resources.ts";

/** Models that answer a chat in pictures, and change the pictures in it: https://ai.google.dev/gemini-api/docs/image-generation */
export function draws(model: string): boolean {
  return /-image(-|$)|nano-banana/.test(model);
}

/** https://ai.google.dev/gemini-api/docs/speech-generation */
export function speaks(model: string): boolean {
  return /-tts(-|$)/.test(model);
}

/** Made by jobs of the vendor's own: https://ai.google.dev/gemini-api/docs/veo */
export function isVeo(model: string): boolean {
  return /(^|\/)veo-/.test(model);
}

/** What a model makes instead of chatting. Models that draw are not among them: they do it while they chat. */
export function makes(model: string): MediaKind | undefined {
  if (speaks(model)) return "audio";
  return isVeo(model) || /(^|\/)gemini-omni/.test(model) ? "video" : undefined;
}

const frame = { aspect_ratio: "16:9", resolution: "720p", width: null, height: null };

/** What a model that makes media takes, with example or default values; `undefined` for all others. */
export function mediaParameters(model: string): Readonly<Record<string, unknown>> | undefined {
  if (speaks(model)) return { voice: usualVoice, format: "wav" };
  if (makes(model) === undefined) return undefined;
  return isVeo(model) ? { ...frame, duration: 8, negative_prompt: "" } : { ...frame, duration: 10 };
}

/** For those who name none: the one of the vendor's own examples. */
export const usualVoice = "Kore";
