import { ApiError } from "../protocol/errors.ts";
import type { Speech } from "./media.ts";
import { startReading } from "./pieces.ts";
import type { Call } from "./provider.ts";
import type { Errand, Requests } from "./requests.ts";

const types: Readonly<Record<string, string>> = {
  mp3: "audio/mpeg",
  wav: "audio/wav",
  opus: "audio/ogg",
  flac: "audio/flac",
  aac: "audio/aac",
  pcm: "audio/pcm",
};

export interface SoundParts {
  readonly requests: Requests;
  readonly provider: string;
  /** What was asked for; what the upstream says that it sends counts more. */
  readonly format: string;
}

/** Speech of an upstream that answers with the sound itself. @throws {ApiError} as `bytes`; `no_media` for nothing */
export async function openSpeech(question: Errand, call: Call, parts: SoundParts): Promise<Speech> {
  const { requests, provider, format } = parts;
  let told: string | undefined;
  const onHead = (headers: Headers) => void (told = headers.get("content-type")?.split(";")[0]?.trim());
  const bytes = await startReading(requests.bytes({ ...question, onHead }, call));
  if (!bytes) throw new ApiError("no_media", `${provider} made no sound: its answer was empty`);
  return { mime: told?.startsWith("audio/") ? told : (types[format] ?? "application/octet-stream"), bytes };
}
