import { type Static, Type } from "@sinclair/typebox";
import { countTokens } from "../../../lib/text.ts";
import type { ApiError } from "../../../protocol/errors.ts";
import { toOpenaiFailure } from "../../failures.ts";
import { createReader } from "../../reader.ts";
import { Name, optional, target } from "../fields.ts";

/** https://platform.openai.com/docs/api-reference/audio/createSpeech */
const SpeechBody = Type.Object(
  {
    input: Type.String({ pattern: "\\S", expected: "the text that is to be spoken" }),
    ...target,
    voice: optional(
      Type.Union([Name, Type.Object({ id: Name }, { additionalProperties: true })]),
      "a voice's name, or an object with its id",
    ),
    response_format: optional(Type.String({ pattern: "^[a-z0-9]{1,16}$" }), "a format such as mp3 or wav"),
    speed: optional(Type.Number({ minimum: 0.25, maximum: 4 }), "a number from 0.25 to 4"),
    stream_format: optional(Type.Union([Type.Literal("audio"), Type.Literal("sse")]), "audio or sse"),
  },
  { expected: "an object" },
);
export type SpeechBody = Static<typeof SpeechBody>;

const readSpeech = createReader(SpeechBody);

/** @throws {ApiError} `invalid_request` */
export function parseSpeech(body: unknown): SpeechBody {
  return readSpeech(body);
}

/** What is to be spoken, and how, in our own words. */
export function toSpeechAsk({ input, voice, response_format, speed }: SpeechBody) {
  const name = typeof voice === "object" ? voice?.id : voice;
  return {
    text: input,
    ...(name && { voice: name }),
    ...(response_format && { format: response_format }),
    ...(speed != null && { speed }),
  };
}

/** https://platform.openai.com/docs/api-reference/audio/speech-audio-delta-event: each piece is base64 by itself. */
export function encodeSpeech(piece: Uint8Array): string {
  return toEvent({ type: "speech.audio.delta", audio: Buffer.from(piece).toString("base64") });
}

/** Speech is not counted in tokens here: those of the text are a guess. */
export function encodeSpeechEnd(text: string): string {
  const tokens = countTokens(text);
  const usage = { input_tokens: tokens, output_tokens: 0, total_tokens: tokens };
  return toEvent({ type: "speech.audio.done", usage });
}

export function encodeSpeechFailure(failure: ApiError): string {
  return toEvent(toOpenaiFailure(failure));
}

function toEvent(document: object): string {
  return `data: ${JSON.stringify(document)}\n\n`;
}
