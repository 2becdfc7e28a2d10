import type { MediaSettings } from "../protocol/chat.ts";
import type { MediaKind } from "../protocol/resources.ts";
import type { Inline } from "./content.ts";

/** One medium as an upstream gives it: its bytes, or an address where it lies for a while. */
export interface Medium {
  readonly kind: MediaKind;
  readonly source: { readonly bytes: Uint8Array } | { readonly url: string };
  /** As the upstream names it; what it really is, its bytes tell. */
  readonly mime?: string;
  /** What it shows, or the words that are spoken. */
  readonly alt?: string;
}

/** A picture or film to be made. */
export interface MediaRequest {
  readonly model: string;
  readonly prompt: string;
  /** Pictures to work on; none makes one from nothing. */
  readonly inputs: readonly Inline[];
  /** Only what the provider's `parameters` for this model name. */
  readonly settings: MediaSettings;
  /** Fields that the provider `passes`. */
  readonly extra: Readonly<Record<string, unknown>>;
}

/** Words to be spoken. */
export interface SpeechRequest {
  readonly model: string;
  readonly text: string;
  readonly voice?: string;
  /** `mp3`, `wav`, `opus`, `flac`, `aac`, `pcm`; the provider's own choice if not set. */
  readonly format?: string;
  /** 1 is as usual. */
  readonly speed?: number;
}

export interface Speech {
  readonly mime: string;
  /** In pieces, as they come. */
  readonly bytes: AsyncIterable<Uint8Array>;
}

/** A recording to be written down. */
export interface TranscriptionRequest {
  readonly model: string;
  readonly sound: Uint8Array;
  readonly fileName: string;
  /** ISO 639-1, where it is known. */
  readonly language?: string;
  readonly prompt?: string;
}

export interface Transcript {
  readonly text: string;
  readonly language?: string;
  /** In seconds. */
  readonly duration?: number;
  /** The text in pieces, with their times, by those who tell them. */
  readonly segments?: readonly TranscriptSegment[];
}

/** Times in seconds from the beginning of the recording. */
export interface TranscriptSegment {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

export interface EmbeddingRequest {
  readonly model: string;
  readonly texts: readonly string[];
  readonly dimensions?: number;
}

export interface Embeddings {
  /** One for each text, in order. */
  readonly vectors: readonly (readonly number[])[];
  readonly promptTokens?: number;
}
