import { Type } from "@sinclair/typebox";
import type { AskedMessage, ChatRequest, Tool } from "../../protocol/chat.ts";
import { createReader } from "../reader.ts";
import { field, textField } from "./fields.ts";
import { OllamaMessage, toMessages } from "./messages.ts";
import { Shaping, toSampling } from "./sampling.ts";

/** What is asked in this API, whichever way. */
export interface OllamaAsked {
  /** As it was named, which every line of the answer repeats. */
  readonly model: string;
  /** As a conversation, but for the model. Without messages the model is only to be made ready. */
  readonly request: Omit<ChatRequest, "messages" | "model"> & { readonly messages: readonly AskedMessage[] };
  readonly isStream: boolean;
  /** Whether a model that is only to be made ready is to be let go instead. */
  readonly isUnload: boolean;
}

const OllamaTool = Type.Object(
  {
    function: Type.Object(
      {
        name: Type.String({ minLength: 1 }),
        description: textField(),
        parameters: field(Type.Record(Type.String(), Type.Unknown()), "a JSON schema"),
      },
      { additionalProperties: true },
    ),
  },
  { additionalProperties: true },
);

const Chat = Type.Object(
  {
    model: Type.String({ minLength: 1, expected: "a model's name" }),
    messages: field(Type.Array(OllamaMessage), "an array of messages"),
    tools: field(Type.Array(OllamaTool), "an array of tools, each a function with its name"),
    ...Shaping,
  },
  { additionalProperties: true },
);
const read = createReader(Chat);

/** https://docs.ollama.com/api/chat @throws {ApiError} `invalid_request` */
export function parseChat(body: unknown): OllamaAsked {
  const { model, messages, tools, ...shaping } = read(body);
  const request = {
    messages: toMessages(messages ?? []),
    ...(tools?.length && { tools: tools.map(toTool) }),
    ...toSampling(shaping),
  };
  return { model, request, isStream: shaping.stream !== false, isUnload: isZero(shaping.keep_alive) };
}

function toTool({ function: { name, description, parameters } }: typeof OllamaTool.static): Tool {
  return {
    type: "function",
    function: { name, ...(description != null && { description }), ...(parameters && { parameters }) },
  };
}

/** In seconds, or with a unit: `0`, `"0s"`, `"0"`. */
export function isZero(keepAlive: unknown): boolean {
  return keepAlive === 0 || (typeof keepAlive === "string" && /^0+([a-zµ]+)?$/.test(keepAlive));
}
