import { type Static, Type } from "@sinclair/typebox";
import type { ChatRequest } from "../../../protocol/chat.ts";
import { ApiError } from "../../../protocol/errors.ts";
import type { Asked } from "../../asked.ts";
import { createReader } from "../../reader.ts";
import { maxChoices, model, optional, stream, tokens } from "../fields.ts";

/** Answers to one request, of all its prompts: arbitrary, and more than clients send at once. */
const maxAnswers = 64;

const Text = Type.String({ expected: "a string; tokens are not taken, for each model has its own" });

const CompletionBody = Type.Object(
  {
    ...stream,
    model,
    prompt: Type.Union([Type.String(), Type.Array(Text, { minItems: 1 })], {
      expected: "a string or an array of strings",
    }),
    n: optional(Type.Integer({ minimum: 1, maximum: maxChoices }), `a whole number from 1 to ${maxChoices}`),
    max_tokens: tokens,
    echo: optional(Type.Boolean(), "a boolean"),
    suffix: optional(
      Type.Literal(""),
      "nothing: what is to follow cannot be said to models that chat; expected an empty string",
    ),
    logprobs: optional(Type.Integer({ minimum: 0, maximum: 20 }), "a whole number from 0 to 20"),
  },
  { additionalProperties: true, expected: "a JSON object" },
);
type CompletionBody = Static<typeof CompletionBody>;

const read = createReader(CompletionBody);

/** One text that is to be gone on from. */
export interface AskedText {
  readonly asked: Asked;
  /** What the answer begins with: the prompt, where it is to be repeated. */
  readonly echo: string;
}

/** What is asked of completions. */
export interface AskedCompletion {
  /** A choice each, in OpenAI's order: all of the first prompt, then all of the next. */
  readonly texts: readonly AskedText[];
  readonly isStream: boolean;
  readonly includesUsage: boolean;
}

/** https://platform.openai.com/docs/api-reference/completions/create @throws {ApiError} `invalid_request` */
export function parseCompletionBody(value: unknown): AskedCompletion {
  const body = read(value);
  const { prompt, n, echo, stream: isStream, stream_options: options } = body;
  const prompts = typeof prompt === "string" ? [prompt] : prompt;
  if (prompts.length * (n ?? 1) > maxAnswers)
    throw new ApiError("invalid_request", `prompt: expected prompts for at most ${maxAnswers} answers, n of each`);
  const fields = toFields(body);
  return {
    texts: prompts.flatMap((content) =>
      Array.from({ length: n ?? 1 }, () => ({
        asked: { ...fields, messages: [{ role: "user", content }] },
        echo: echo === true ? content : "",
      })),
    ),
    isStream: isStream === true,
    includesUsage: options?.include_usage === true,
  };
}

/** What is not said here is the engine's to judge. */
function toFields(body: CompletionBody): Omit<ChatRequest, "messages"> {
  const {
    prompt: _prompt,
    n: _n,
    echo: _echo,
    suffix: _suffix,
    stream: _stream,
    stream_options: _options,
    ...rest
  } = body;
  const { logprobs, ...fields } = rest;
  return { ...fields, ...(logprobs != null && { logprobs: true, ...(logprobs > 0 && { top_logprobs: logprobs }) }) };
}
