import { ApiError } from "../../../protocol/errors.ts";
import { maxNameLength } from "../../../protocol/chat.ts";
import { type Segment, toSrt, toVtt } from "./subtitles.ts";

/** What a recording says. */
export interface Transcript {
  readonly text: string;
  /** ISO 639-1. */
  readonly language?: string;
  /** In seconds. */
  readonly duration?: number;
  readonly segments?: readonly Segment[];
}

/** How the words of a recording are wanted. */
export interface TranscriptionAsk {
  readonly model?: string;
  readonly provider?: string;
  readonly language?: string;
  readonly prompt?: string;
  readonly format: TranscriptFormat;
  readonly isStream: boolean;
}

type TranscriptFormat = keyof typeof writers;

/** A body, and its type. */
interface WrittenTranscript {
  readonly body: string;
  readonly contentType: string;
}

const types = {
  json: "application/json",
  text: "text/plain; charset=utf-8",
  events: "text/event-stream; charset=utf-8",
} as const;

const writers = {
  json: (said: Transcript) => toJson({ text: said.text, ...toUsage(said) }),
  verbose_json: (said: Transcript) => toJson(toVerbose(said)),
  text: ({ text }: Transcript) => ({ body: `${text}\n`, contentType: types.text }),
  srt: (said: Transcript) => ({ body: toSrt(segmentsOf(said)), contentType: types.text }),
  vtt: (said: Transcript) => ({ body: toVtt(segmentsOf(said)), contentType: types.text }),
} as const;

/**
 * The fields of a form beside the recording: https://platform.openai.com/docs/api-reference/audio/createTranscription
 *
 * @throws {ApiError} `invalid_request`
 */
export function parseTranscription(fields: ReadonlyMap<string, readonly string[]>): TranscriptionAsk {
  const format = find("response_format") ?? "json";
  if (!isFormat(format))
    throw new ApiError("invalid_request", `response_format: expected one of ${Object.keys(writers).join(", ")}`);
  if (fields.get("timestamp_granularities[]")?.includes("word"))
    throw new ApiError("invalid_request", "timestamp_granularities: the times of segments are told, not of words");
  const ask = { model: name("model"), provider: name("provider"), language: find("language"), prompt: find("prompt") };
  const told = Object.fromEntries(Object.entries(ask).filter(([, value]) => value !== undefined));
  return { ...told, format, isStream: find("stream") === "true" };

  function find(field: string): string | undefined {
    return fields.get(field)?.at(-1)?.trim() || undefined;
  }

  function name(field: string): string | undefined {
    const value = find(field);
    if (value === undefined || value.length <= maxNameLength) return value;
    throw new ApiError("invalid_request", `${field}: at most ${maxNameLength} characters`);
  }
}

/** @throws {ApiError} `upstream_rejected` where times are wanted and were not told */
export function writeTranscript(
  said: Transcript,
  { format, isStream }: Pick<TranscriptionAsk, "format" | "isStream">,
): WrittenTranscript {
  return isStream ? toEvents(said) : writers[format](said);
}

/** The whole at once: those who write down recordings tell nothing before they have heard all. */
function toEvents(said: Transcript): WrittenTranscript {
  const documents = [
    { type: "transcript.text.delta", delta: said.text },
    { type: "transcript.text.done", text: said.text },
  ];
  return {
    body: documents.map((document) => `data: ${JSON.stringify(document)}\n\n`).join(""),
    contentType: types.events,
  };
}

function toVerbose({ text, language, duration, segments }: Transcript): object {
  const name = language && nameOf(language);
  return {
    task: "transcribe",
    ...(name && { language: name }),
    ...(duration !== undefined && { duration }),
    text,
    ...(segments && { segments: segments.map((segment, id) => ({ id, ...segment })) }),
    ...toUsage({ text, ...(duration !== undefined && { duration }) }),
  };
}

/** In English; what is no code stays as the vendor told it. */
function nameOf(language: string): string {
  try {
    return new Intl.DisplayNames("en", { type: "language" }).of(language)?.toLowerCase() ?? language;
  } catch {
    return language;
  }
}

function toUsage({ duration }: Transcript) {
  return duration === undefined ? {} : { usage: { type: "duration", seconds: Math.ceil(duration) } };
}

function segmentsOf({ segments }: Transcript): readonly Segment[] {
  if (segments) return segments;
  throw new ApiError(
    "upstream_rejected",
    "response_format: this model tells no times; name one that does, such as whisper-1, or ask for json or text",
  );
}

function isFormat(format: string): format is TranscriptFormat {
  return Object.hasOwn(writers, format);
}

function toJson(document: object): WrittenTranscript {
  return { body: JSON.stringify(document), contentType: types.json };
}
