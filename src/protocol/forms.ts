import { type Static, Type } from "@sinclair/typebox";
import { ChatRequest } from "./chat.ts";

/** What is no text, in a form or as a body of its own. */
export const Bytes = Type.String({ format: "binary" });
const OneFile = Type.Unsafe<File>(Bytes);
/** A field may come any number of times. */
const Several = Type.Unsafe<File | File[]>(Type.Array(Bytes));

/** Files for a bucket. */
export const FilesForm = Type.Object({ files: Several });

/** The one file that is taken. */
export const FileForm = Type.Object({ file: OneFile });

/** A file, and what it is for. */
export const PurposeForm = Type.Object({ file: OneFile, purpose: Type.String() });
export type PurposeForm = Static<typeof PurposeForm>;

/** Pictures to work on, as OpenAI's clients send them, with those of their fields that mean something here. */
export const ImageEditForm = Type.Object({
  image: Several,
  prompt: Type.String(),
  model: Type.Optional(Type.String()),
  n: Type.Optional(Type.String()),
  size: Type.Optional(Type.String()),
  output_format: Type.Optional(Type.String()),
  response_format: Type.Optional(Type.String()),
  stream: Type.Optional(Type.String()),
});
export type ImageEditForm = Static<typeof ImageEditForm>;

/** A recording, and in which language it speaks: `de`, `pt-BR`; without one, whoever writes it down tells by itself. */
export const RecordingForm = Type.Object({
  file: OneFile,
  language: Type.Optional(Type.String()),
  /** Who is to write it down; the first that can, if it is not said. */
  provider: Type.Optional(Type.String()),
});
export type RecordingForm = Static<typeof RecordingForm>;

/** A recording, as OpenAI's clients send it, with those of their fields that mean something here. */
export const TranscriptionForm = Type.Object({
  ...RecordingForm.properties,
  model: Type.Optional(Type.String()),
  prompt: Type.Optional(Type.String()),
  /** `json`, `text`, `verbose_json`, `srt` or `vtt`. */
  response_format: Type.Optional(Type.String()),
  stream: Type.Optional(Type.String()),
});
export type TranscriptionForm = Static<typeof TranscriptionForm>;

/** A conversation with files: they, and what lies at each address, are put into the last message of the user. */
export const ConversationForm = Type.Object({
  json: ChatRequest,
  files: Several,
  media_url: Type.Optional(Type.Unsafe<string | string[]>(Type.Array(Type.String()))),
});
export type ConversationForm = Static<typeof ConversationForm>;
