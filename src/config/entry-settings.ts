import { Type, type Static } from "@sinclair/typebox";
import { choice, strict } from "./setting-kinds.ts";

/** One of the `providers` of the settings. */
export const ProviderSettings = Type.Object(
  {
    name: Type.String({ description: "Its name on the wire", minLength: 1, maxLength: 64, pattern: "^[^\\s/]+$" }),
    type: Type.Optional(Type.String({ description: "Which adapter it uses; without it, the one of that name" })),
    enabled: Type.Optional(Type.Boolean({ description: "Whether there is such a provider; true if not set" })),
    base_url: Type.Optional(Type.String({ description: "Its address, with the version where it has one" })),
    api_key: Type.Optional(
      Type.Union([Type.String(), Type.Array(Type.String())], {
        description: "Its key, or several that take turns; ${env.NAME} reads the environment",
        expected: "a key, or a list of keys",
      }),
    ),
    models: Type.Optional(Type.Array(Type.String(), { description: "Offer these models alone" })),
    default_model: Type.Optional(Type.String({ description: "The model for those who name none" })),
    headers: Type.Optional(Type.Record(Type.String(), Type.String(), { description: "Sent with every request" })),
    api: Type.Optional(
      choice(
        "Which of OpenAI's interfaces it is asked by; if not set, responses for OpenAI's models that reason, else chat",
        ["chat", "responses"],
      ),
    ),
    weight: Type.Optional(
      Type.Number({
        description: "Its share where the router spreads by weight; 1 if not set",
        exclusiveMinimum: 0,
        maximum: 1e6,
      }),
    ),
    limits: Type.Optional(
      Type.Object(
        {
          concurrent: Type.Optional(Type.Integer({ description: "Most answers at once", minimum: 1 })),
          requests_per_minute: Type.Optional(Type.Integer({ description: "Most questions a minute", minimum: 1 })),
          tokens_per_minute: Type.Optional(Type.Integer({ description: "Most tokens a minute", minimum: 1 })),
        },
        { ...strict, description: "What it is not asked beyond" },
      ),
    ),
  },
  strict,
);
export type ProviderSettings = Static<typeof ProviderSettings>;

/** One of the `mcp_servers`: a program that is started, or an address. */
export const McpServerSettings = Type.Object(
  {
    name: Type.String({
      description: "Its name; its tools are called by it",
      pattern: "^[A-Za-z0-9_-]{1,32}$",
      expected: "at most 32 letters, digits, - and _",
    }),
    command: Type.Optional(Type.String({ description: "The program that is started, without a shell", minLength: 1 })),
    args: Type.Optional(Type.Array(Type.String(), { description: "Its arguments" })),
    env: Type.Optional(
      Type.Record(Type.String(), Type.String(), {
        description: "All of its environment, beside PATH and HOME; ${env.NAME} reads ours",
      }),
    ),
    url: Type.Optional(Type.String({ description: "Or the address of one that runs already (streamable HTTP)" })),
    headers: Type.Optional(Type.Record(Type.String(), Type.String(), { description: "Sent with every request" })),
    tools: Type.Optional(
      Type.Array(Type.String({ minLength: 1, maxLength: 128 }), {
        description: 'Which of its tools models may call; "*" for all, and none if not set',
        expected: 'a list of names of tools, or ["*"]',
      }),
    ),
    timeout: Type.Optional(
      Type.Number({
        description: "Longest time for a call, and for its start, in seconds; 60 if not set",
        exclusiveMinimum: 0,
        maximum: 3600,
      }),
    ),
    always: Type.Optional(
      Type.Boolean({
        description: "Whether its tools are offered where a request does not say which; false if not set",
      }),
    ),
  },
  strict,
);
export type McpServerSettings = Static<typeof McpServerSettings>;

/** One of the `prices`, in dollars for a million tokens. */
export const PriceSettings = Type.Object(
  {
    model: Type.String({ description: "The model; a `*` at the end stands for any ending", minLength: 1 }),
    provider: Type.Optional(Type.String({ description: "Of this provider alone" })),
    input: Type.Number({ minimum: 0, maximum: 1e6 }),
    output: Type.Number({ minimum: 0, maximum: 1e6 }),
    cached_input: Type.Optional(
      Type.Number({ description: "What the vendor had in its cache", minimum: 0, maximum: 1e6 }),
    ),
  },
  strict,
);
