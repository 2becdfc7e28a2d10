import type { MediaSettings } from "../../protocol/chat.ts";
import { draws, speaks, usualVoice } from "./makes.ts";
import { toImageConfig } from "./sizes.ts";

/** The part of a `generationConfig` that says what an answer is made of; text alone needs no saying. */
export function toOutputConfig(model: string, media: MediaSettings = {}): Record<string, unknown> {
  if (speaks(model))
    return { responseModalities: ["AUDIO"], speechConfig: { voiceConfig: toVoice(media.voice || usualVoice) } };
  if (!draws(model)) return {};
  const imageConfig = toImageConfig(model, media);
  return {
    responseModalities: ["TEXT", "IMAGE"],
    ...(Object.keys(imageConfig).length > 0 && { imageConfig }),
  };
}

/** Voices of one's own have ids, and a field of theirs, which models before 3.8 do not know. */
function toVoice(voice: string): Record<string, unknown> {
  return /^voice(key)?_/.test(voice) ? { voice } : { prebuiltVoiceConfig: { voiceName: voice } };
}
