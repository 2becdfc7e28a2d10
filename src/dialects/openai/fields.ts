import { type TSchema, Type } from "@sinclair/typebox";
import { maxNameLength } from "../../protocol/chat.ts";

/** More answers to one question are refused: each is a run of its own. Arbitrary. */
export const maxChoices = 16;

/** Fields that several of these requests have. `expected` words a refusal. */
export const optional = <T extends TSchema>(schema: T, expected: string) =>
  Type.Optional(Type.Union([schema, Type.Null()], { expected: `${expected} or null` }));

export const tokens = optional(Type.Integer(), "a whole number");

export const stream = {
  stream: optional(Type.Boolean(), "a boolean"),
  stream_options: optional(Type.Object({ include_usage: optional(Type.Boolean(), "a boolean") }), "an object"),
};

/** Of a model, a provider or a voice. */
export const Name = Type.String({ maxLength: maxNameLength });

export const model = optional(Name, "a model's name");

/** Who is to answer. */
export const target = {
  model,
  provider: optional(Name, "a provider's name"),
};
