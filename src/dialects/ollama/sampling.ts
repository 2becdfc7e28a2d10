import { type Static, Type } from "@sinclair/typebox";
import type { ChatRequest } from "../../protocol/chat.ts";
import { field, flagField, numberField, textField } from "./fields.ts";

/** https://docs.ollama.com/modelfile#parameter: those that have a meaning elsewhere. A runtime of that API is sent the others, too. */
export const Options = Type.Object(
  {
    temperature: numberField(),
    top_p: numberField(),
    top_k: numberField(),
    min_p: numberField(),
    seed: numberField(),
    num_predict: numberField(),
    stop: field(Type.Union([Type.String(), Type.Array(Type.String())]), "an array of strings"),
    frequency_penalty: numberField(),
    presence_penalty: numberField(),
    repeat_penalty: numberField(),
  },
  { additionalProperties: true },
);
type Options = Static<typeof Options>;

/** What shapes an answer, and is asked the same way for a chat and for a prompt. */
export const Shaping = {
  options: field(Options, "an object"),
  format: field(
    Type.Union([Type.Literal(""), Type.Literal("json"), Type.Record(Type.String(), Type.Unknown())]),
    '"json" or a JSON schema',
  ),
  think: field(
    Type.Union([
      Type.Boolean(),
      Type.Literal("low"),
      Type.Literal("medium"),
      Type.Literal("high"),
      Type.Literal("max"),
    ]),
    "true, false, low, medium, high or max",
  ),
  keep_alive: Type.Optional(Type.Unknown()),
  stream: flagField(),
  logprobs: flagField(),
  top_logprobs: numberField(),
  provider: textField(),
};
const ShapingObject = Type.Object(Shaping);
export type Shaping = Static<typeof ShapingObject>;

/** The same in the engine's words. What it has no word for reaches those providers that know it. */
export function toSampling(asked: Shaping): Omit<ChatRequest, "messages"> & Record<string, unknown> {
  const { options, format, think, keep_alive, logprobs, top_logprobs, provider } = asked;
  return {
    ...(options && { ...fromOptions(options), options }),
    ...(format && { response_format: toResponseFormat(format) }),
    ...(think != null && { reasoning_effort: toEffort(think) }),
    ...(keep_alive != null && { keep_alive }),
    ...(logprobs && { logprobs, ...(top_logprobs != null && { top_logprobs }) }),
    ...(provider != null && { provider }),
  };
}

function fromOptions({ num_predict, seed, stop, repeat_penalty, ...options }: Options): Record<string, unknown> {
  const { temperature, top_p, top_k, min_p, frequency_penalty, presence_penalty } = options;
  return {
    temperature,
    top_p,
    top_k,
    min_p,
    frequency_penalty,
    presence_penalty,
    repetition_penalty: repeat_penalty,
    stop,
    // Below zero both mean that there is none.
    ...(num_predict != null && num_predict > 0 && { max_tokens: Math.ceil(num_predict) }),
    ...(seed != null && seed >= 0 && { seed: Math.trunc(seed) }),
  };
}

function toResponseFormat(format: NonNullable<Shaping["format"]>): ChatRequest["response_format"] {
  if (typeof format === "string") return { type: "json_object" };
  return { type: "json_schema", json_schema: { name: "answer", schema: format } };
}

function toEffort(think: NonNullable<Shaping["think"]>): string {
  if (typeof think === "boolean") return think ? "medium" : "none";
  return think === "max" ? "high" : think;
}
