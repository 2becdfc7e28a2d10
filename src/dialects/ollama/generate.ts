import { Type } from "@sinclair/typebox";
import type { AskedMessage } from "../../protocol/chat.ts";
import { ApiError } from "../../protocol/errors.ts";
import { isZero, type OllamaAsked } from "./chat.ts";
import { createReader } from "../reader.ts";
import { field, textField } from "./fields.ts";
import { toPicture } from "./pictures.ts";
import { Shaping, toSampling } from "./sampling.ts";

const Generate = Type.Object(
  {
    model: Type.String({ minLength: 1, expected: "a model's name" }),
    prompt: textField(),
    suffix: textField(),
    system: textField(),
    images: field(Type.Array(Type.String()), "an array of pictures in base64"),
    ...Shaping,
  },
  { additionalProperties: true },
);
const read = createReader(Generate);

/**
 * https://docs.ollama.com/api/generate: a prompt is a conversation of one message. `template`, `raw` and `context` are about a
 * model's own text and tokens, which nobody here sees: they are passed over.
 *
 * @throws {ApiError} `invalid_request`
 */
export function parseGenerate(body: unknown): OllamaAsked {
  const { model, prompt, suffix, system, images, ...shaping } = read(body);
  if (suffix) throw new ApiError("invalid_request", `${JSON.stringify(model)} does not support insert`);
  const isEmpty = !prompt && !images?.length;
  const messages = isEmpty ? [] : toConversation(prompt ?? "", system ?? "", images ?? []);
  const request = { messages, ...toSampling(shaping) };
  return { model, request, isStream: shaping.stream !== false, isUnload: isZero(shaping.keep_alive) };
}

function toConversation(prompt: string, system: string, images: readonly string[]): AskedMessage[] {
  const pictures = images.map((image, index) => toPicture(image, `images[${index}]`));
  const text = { type: "text", text: prompt } as const;
  const content = pictures.length > 0 ? [...(prompt ? [text] : []), ...pictures] : prompt;
  return [...(system ? [{ role: "system", content: system } as const] : []), { role: "user", content }];
}
