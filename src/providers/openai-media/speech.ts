import { ApiError } from "../../protocol/errors.ts";
import type { Provider } from "../provider.ts";
import { startReading } from "../pieces.ts";
import type { Requests } from "../requests.ts";

/** How a vendor's models that speak are asked. */
export interface SpeechQuirks {
  /** Whether a model speaks, by its name. */
  readonly models: RegExp;
  /** Those that are taken where none is named, best first. */
  readonly usual?: readonly string[];
  /** The voice for those who name none; `undefined` where the vendor has one itself. */
  voice(model: string): string | undefined;
  /** Formats that it writes, the usual first: that is asked for, since what comes says nothing of itself. */
  readonly formats: readonly string[];
  /** `false` where it speaks at one pace. */
  readonly takesSpeed?: boolean;
}

const mimes: Readonly<Record<string, string>> = {
  mp3: "audio/mpeg",
  opus: "audio/ogg",
  aac: "audio/aac",
  flac: "audio/flac",
  wav: "audio/wav",
  // As OpenAI sends it: 16 bits, little-endian, one channel.
  pcm: "audio/pcm;rate=24000",
};

/** https://platform.openai.com/docs/api-reference/audio/createSpeech */
export function createSpeak(name: string, requests: Requests, quirks: SpeechQuirks): Provider["speak"] {
  return async ({ model, text, voice = quirks.voice(model), format = quirks.formats[0] ?? "mp3", speed }, call) => {
    if (!quirks.formats.includes(format))
      throw new ApiError("upstream_rejected", `${name} speaks in ${quirks.formats.join(", ")}, not in ${format}`);
    const body = {
      model,
      input: text,
      ...(voice !== undefined && { voice }),
      response_format: format,
      ...(speed !== undefined && quirks.takesSpeed !== false && { speed }),
    };
    const bytes = await startReading(requests.bytes({ path: "/audio/speech", body, isSlow: true }, call));
    if (!bytes) throw new ApiError("no_media", `${name} said nothing`);
    return { mime: mimes[format] ?? `audio/${format}`, bytes };
  };
}

export function speechParameters({ voice, formats, takesSpeed }: SpeechQuirks, model: string): Record<string, unknown> {
  return { voice: voice(model) ?? null, format: formats[0] ?? "mp3", ...(takesSpeed !== false && { speed: 1 }) };
}
