import { type Static, Type } from "@sinclair/typebox";
import { maxNameLength } from "../../protocol/chat.ts";
import { createReader } from "../reader.ts";
import { optional, target } from "./fields.ts";

/** OpenAI's own limit of one request. */
const maxTexts = 2048;

// Tokens mean something to the tokenizer of one model alone.
const Text = Type.String({ minLength: 1, expected: "a text that is not empty; tokens are not read: send the texts" });

/** https://platform.openai.com/docs/api-reference/embeddings/create */
const EmbeddingsBody = Type.Object(
  {
    input: Type.Union([Text, Type.Array(Text, { minItems: 1, maxItems: maxTexts })], {
      expected: `a text, or from 1 to ${maxTexts} texts, none of them empty`,
    }),
    model: Type.String({ minLength: 1, maxLength: maxNameLength, expected: "a model's name" }),
    provider: target.provider,
    dimensions: optional(Type.Integer({ minimum: 1, maximum: 65_536 }), "a number from 1 to 65536"),
    encoding_format: optional(Type.Union([Type.Literal("float"), Type.Literal("base64")]), "float or base64"),
  },
  { expected: "an object" },
);
export type EmbeddingsBody = Static<typeof EmbeddingsBody>;

const readEmbeddings = createReader(EmbeddingsBody);

/** @throws {ApiError} `invalid_request` */
export function parseEmbeddings(body: unknown): EmbeddingsBody {
  return readEmbeddings(body);
}

/** What vectors were asked for, and came. */
export interface MadeVectors {
  readonly vectors: readonly (readonly number[])[];
  readonly promptTokens: number;
  readonly model: string;
}

/** https://platform.openai.com/docs/api-reference/embeddings/object */
export function toOpenaiEmbeddings(
  { vectors, promptTokens, model }: MadeVectors,
  { encoding_format }: EmbeddingsBody,
): object {
  const encode = encoding_format === "base64" ? toBase64 : (vector: readonly number[]) => vector;
  return {
    object: "list",
    data: vectors.map((vector, index) => ({ object: "embedding", index, embedding: encode(vector) })),
    model,
    usage: { prompt_tokens: promptTokens, total_tokens: promptTokens },
  };
}

/** Numbers of 32 bits each, little-endian. */
function toBase64(vector: readonly number[]): string {
  const bytes = Buffer.alloc(vector.length * 4);
  vector.forEach((number, index) => bytes.writeFloatLE(number, index * 4));
  return bytes.toString("base64");
}
