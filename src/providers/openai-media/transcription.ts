import { arrayAt, numberAt, textAt } from "../../lib/json.ts";
import { toSafeName } from "../../lib/safe-name.ts";
import { ApiError } from "../../protocol/errors.ts";
import type { TranscriptSegment } from "../media.ts";
import type { Provider } from "../provider.ts";
import type { Requests } from "../requests.ts";

/** How a vendor's models that write down recordings are asked. */
export interface TranscriptionQuirks {
  /** The models that are taken where none is named, best first. */
  readonly usual?: readonly string[];
  /** Fields beside the usual: whisper tells the language in its verbose format alone, which newer models refuse. */
  fields?(model: string): Readonly<Record<string, string>>;
  /** `false` where a model takes no words to expect. */
  takesPrompt?(model: string): boolean;
}

/** https://platform.openai.com/docs/api-reference/audio/createTranscription */
export function createTranscribe(
  provider: string,
  requests: Requests,
  quirks: TranscriptionQuirks,
): Provider["transcribe"] {
  return async ({ model, sound, fileName, language, prompt }, call) => {
    const form = new FormData();
    const name = toSafeName(fileName || "sound");
    form.append("file", new File([new Uint8Array(sound)], name, { type: Bun.file(name).type }));
    form.append("model", model);
    if (language) form.append("language", language);
    if (prompt && quirks.takesPrompt?.(model) !== false) form.append("prompt", prompt);
    for (const [field, value] of Object.entries(quirks.fields?.(model) ?? {})) form.append(field, value);
    const body = await requests.json({ path: "/audio/transcriptions", body: form, isSlow: true }, call);
    const text = textAt(body, "text");
    if (text === undefined) throw new ApiError("upstream_failed", `${provider} sent no text of the recording`);
    const heard = toLanguageCode(textAt(body, "language"));
    const duration =
      numberAt(body, "duration") ??
      numberAt(body, "usage", "seconds") ??
      numberAt(body, "usage", "prompt_audio_seconds");
    const segments = arrayAt(body, "segments").flatMap(toSegment);
    return {
      text: text.trim(),
      ...(heard && { language: heard }),
      ...(duration !== undefined && { duration }),
      ...(segments.length > 0 && { segments }),
    };
  };
}

function toSegment(segment: unknown): TranscriptSegment[] {
  const [start, end, text] = [numberAt(segment, "start"), numberAt(segment, "end"), textAt(segment, "text")];
  return start === undefined || end === undefined || text === undefined ? [] : [{ start, end, text: text.trim() }];
}

/** ISO 639-1. Whisper names languages in English: `german`. */
function toLanguageCode(language: string | undefined): string | undefined {
  if (language === undefined || /^[a-z]{2,3}(-|$)/.test(language)) return language;
  const names = new Intl.DisplayNames("en", { type: "language", fallback: "none" });
  const letters = [..."abcdefghijklmnopqrstuvwxyz"];
  const codes = letters.flatMap((first) => letters.map((second) => first + second));
  return codes.find((code) => names.of(code)?.toLowerCase() === language.toLowerCase());
}
