import { Type, type Static } from "@sinclair/typebox";
import { Strategy } from "../protocol/trace.ts";

const strict = { additionalProperties: false } as const;
const atLeast0 = (description: string, maximum?: number) =>
  Type.Optional(Type.Number({ description, minimum: 0, ...(maximum !== undefined && { maximum }) }));
const seconds = (description: string) => atLeast0(`${description}, in seconds`, 86_400);

/** What messages can need. */
export const Need = Type.Union([Type.Literal("vision"), Type.Literal("audio"), Type.Literal("tools")], {
  expected: "one of vision, audio, tools",
});

/** When one of a route is taken: every condition that is set must hold. What is not known of it speaks for it. */
export const Conditions = Type.Object(
  {
    capability: Type.Optional(
      Type.Array(Need, { description: "The messages need one of these: vision, audio, tools", minItems: 1 }),
    ),
    max_prompt_tokens: atLeast0("The prompt is at most so long, about"),
    min_context: atLeast0("Its model reads at least so many tokens"),
    max_price: atLeast0("A million tokens cost at most so many dollars, three of four of them read"),
    max_errors: Type.Optional(
      Type.Integer({ description: "It failed at most so often in five minutes", minimum: 0, maximum: 99 }),
    ),
    min_quota: atLeast0("The vendor says that so much is left, in the vendor's own unit"),
  },
  strict,
);
export type Conditions = Static<typeof Conditions>;

export const RouteTarget = Type.Object(
  {
    provider: Type.String({ description: "A provider's name" }),
    model: Type.Optional(Type.String({ description: "One of its models; its default if not set" })),
    weight: Type.Optional(
      Type.Number({ description: "Its share; the provider's if not set", exclusiveMinimum: 0, maximum: 1e6 }),
    ),
    when: Type.Optional(Conditions),
  },
  strict,
);
export type RouteTarget = Static<typeof RouteTarget>;

/** A choice of the operator under a name of its own, which is asked for like a model. */
export const Route = Type.Object(
  {
    name: Type.String({ description: 'What requests say in "model"', minLength: 1, maxLength: 64 }),
    strategy: Type.Optional(Strategy),
    first_token_timeout: seconds("As the setting of that name, for this route"),
    hedge_after: seconds("As the setting of that name, for this route"),
    providers: Type.Array(RouteTarget, { description: "Who may answer, in order", minItems: 1, maxItems: 100 }),
  },
  strict,
);
export type Route = Static<typeof Route>;
