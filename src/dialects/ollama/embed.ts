import { type Static, Type } from "@sinclair/typebox";
import { createReader } from "../reader.ts";
import { field, textField } from "./fields.ts";
import type { Durations } from "./timing.ts";

const Common = { model: Type.String({ minLength: 1, expected: "a model's name" }), provider: textField() };

const Embed = Type.Object(
  {
    ...Common,
    input: field(Type.Union([Type.String(), Type.Array(Type.String())]), "a text or an array of texts"),
    dimensions: field(Type.Integer({ minimum: 1, maximum: 65_536 }), "a whole number from 1 to 65536"),
  },
  { additionalProperties: true },
);
const readEmbed = createReader(Embed);

/** https://docs.ollama.com/api/embed @throws {ApiError} `invalid_request` */
export function parseEmbed(value: unknown): Static<typeof Embed> & { readonly texts: readonly string[] } {
  const body = readEmbed(value);
  return { ...body, texts: body.input ? [body.input].flat() : [] };
}

const Embeddings = Type.Object({ ...Common, prompt: textField() }, { additionalProperties: true });

/** What came before it, of one text. @throws {ApiError} `invalid_request` */
export const parseEmbeddings = createReader(Embeddings);

/** https://docs.ollama.com/api/embed */
export function toEmbedded(
  model: string,
  vectors: readonly (readonly number[])[],
  promptTokens: number,
  { total_duration, load_duration }: Durations,
): object {
  return { model, embeddings: vectors, total_duration, load_duration, prompt_eval_count: promptTokens };
}
