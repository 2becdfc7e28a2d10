import { ApiError } from "../../protocol/errors.ts";
import type { Speech, SpeechRequest } from "../media.ts";
import type { Call } from "../provider.ts";
import type { Requests } from "../requests.ts";
import { openSpeech } from "../sound.ts";
import { findVoice } from "./voices.ts";

/** Codec, rate and bit rate; of `wav` and `pcm` the best that every plan may have. */
const formats: Readonly<Record<string, string>> = {
  mp3: "mp3_44100_128",
  opus: "opus_48000_128",
  wav: "wav_24000",
  pcm: "pcm_24000",
};

/** What it takes; the voice speaks faster or slower only so much. */
const speeds = { least: 0.7, most: 1.2 };

/** https://elevenlabs.io/docs/api-reference/text-to-speech/stream */
export async function speak(
  { model, text, voice, format = "mp3", speed }: SpeechRequest,
  requests: Requests,
  provider: string,
  call: Call,
): Promise<Speech> {
  const outputFormat = Object.hasOwn(formats, format) ? formats[format] : undefined;
  if (outputFormat === undefined)
    throw new ApiError(
      "upstream_rejected",
      `${provider} makes no ${format}; it makes ${Object.keys(formats).join(", ")}`,
    );
  const id = await findVoice(voice, requests, provider, call);
  // Streams have no wav: its head tells a length.
  const path = `/text-to-speech/${id}${format === "wav" ? "" : "/stream"}?output_format=${outputFormat}`;
  const body = {
    text,
    model_id: model,
    ...(speed !== undefined && {
      voice_settings: { speed: Math.min(speeds.most, Math.max(speeds.least, speed)) },
    }),
  };
  return openSpeech({ path, body, isSlow: true }, call, { requests, provider, format });
}
