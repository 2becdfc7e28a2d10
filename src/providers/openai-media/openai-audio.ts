import type { SpeechQuirks } from "./speech.ts";
import type { TranscriptionQuirks } from "./transcription.ts";

/** https://developers.openai.com/api/docs/guides/text-to-speech */
export const openaiSpeech: SpeechQuirks = {
  models: /(^|[^a-z])tts([^a-z]|$)/i,
  usual: ["gpt-4o-mini-tts", "tts-1"],
  // The one that all of its models know.
  voice: () => "alloy",
  formats: ["mp3", "opus", "aac", "flac", "wav", "pcm"],
};

/** https://developers.openai.com/api/docs/guides/speech-to-text */
export const openaiTranscription: TranscriptionQuirks = {
  usual: ["gpt-4o-mini-transcribe", "whisper-1"],
  fields: (model) => ({
    ...(/whisper/i.test(model) && { response_format: "verbose_json" }),
    // Wanted for what is longer than half a minute.
    ...(/diarize/i.test(model) && { chunking_strategy: "auto" }),
  }),
  takesPrompt: (model) => !/diarize/i.test(model),
};
