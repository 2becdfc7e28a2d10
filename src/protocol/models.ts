import { Type, type Static } from "@sinclair/typebox";
import { Maybe } from "./maybe.ts";

/** What a model can take and give. */
const capabilities = {
  image: Type.Boolean({ description: "makes pictures" }),
  vision: Type.Boolean({ description: "reads pictures" }),
  audio: Type.Boolean({ description: "takes or makes sound" }),
  video: Type.Boolean({ description: "makes films" }),
};

/** US dollars for a million tokens. */
export const Pricing = Type.Object({
  input: Type.Number({ minimum: 0 }),
  output: Type.Number({ minimum: 0 }),
  /** Of the prompt, what the vendor had in its cache. */
  cached_input: Type.Optional(Type.Number({ minimum: 0 })),
});
export type Pricing = Static<typeof Pricing>;

/** A model as one provider offers it. */
export const Model = Type.Object({
  id: Type.String(),
  /** The same as `id`; older clients read it. */
  model: Type.String(),
  label: Type.String(),
  default: Type.Boolean(),
  ...capabilities,
  tools: Type.Boolean(),
  reasoning: Type.Boolean(),
  /** How many providers stand behind it, where the provider is itself a router. */
  count: Type.Union([Type.Number(), Type.Null()]),
  tags: Type.Array(Type.String()),
  /** In tokens. */
  context_length: Type.Optional(Type.Integer()),
  pricing: Type.Optional(Pricing),
});
export type Model = Static<typeof Model>;

/** What a model can be asked for. */
export const Capability = Type.Union(
  [
    Type.Literal("vision"),
    Type.Literal("image"),
    Type.Literal("audio"),
    Type.Literal("video"),
    Type.Literal("tools"),
    Type.Literal("reasoning"),
  ],
  { expected: "one of vision, image, audio, video, tools, reasoning" },
);
export type Capability = Static<typeof Capability>;

/** A model as it is to be had of one provider: what its name does not say. */
export const ModelOffer = Type.Object({
  provider: Type.String(),
  /** Whether that provider answers with it where none is named. */
  default: Type.Boolean(),
  ...capabilities,
  tools: Type.Boolean(),
  reasoning: Type.Boolean(),
  /** In tokens. */
  context_length: Type.Optional(Type.Integer()),
  pricing: Type.Optional(Pricing),
});
export type ModelOffer = Static<typeof ModelOffer>;

/** A model name with every provider that can serve it now. */
export const ModelSummary = Type.Object({
  name: Type.String(),
  label: Type.String(),
  ...capabilities,
  providers: Type.Array(Type.String()),
  /** Who made it, as far as its name tells, where details were asked for. */
  maker: Type.Optional(Type.String()),
  /** The same providers with what each of them offers, where details were asked for. */
  offers: Type.Optional(Type.Array(ModelOffer)),
});
export type ModelSummary = Static<typeof ModelSummary>;

/** The models of one maker, as the router lists them. */
export const ModelGroup = Type.Object({ group: Type.String(), models: Type.Array(Model) });
export type ModelGroup = Static<typeof ModelGroup>;

/** What a vendor tells of an account: `null` where it does not say. Amounts are in `unit`. */
export const Quota = Type.Object({
  /** `USD`, `CNY`, `credits`, `characters`, … */
  unit: Maybe(Type.String()),
  remaining: Maybe(Type.Number()),
  used: Maybe(Type.Number()),
  limit: Maybe(Type.Number()),
  /** ISO 8601, UTC. */
  resets_at: Maybe(Type.String()),
});
export type Quota = Static<typeof Quota>;

/** `cooling`: it failed, and is left alone for a while; `unknown`: it was not asked yet. */
export const ProviderStatus = Type.Union([
  Type.Literal("up"),
  Type.Literal("down"),
  Type.Literal("unknown"),
  Type.Literal("cooling"),
]);
export type ProviderStatus = Static<typeof ProviderStatus>;

/** A provider, and how it stands. */
export const ProviderInfo = Type.Object({
  name: Type.String(),
  label: Type.String(),
  url: Type.Union([Type.String(), Type.Null()]),
  parent: Type.Null(),
  /** Counts of models. */
  image: Type.Integer(),
  audio: Type.Integer(),
  video: Type.Integer(),
  vision: Type.Boolean(),
  /** Whether it needs a key. */
  auth: Type.Boolean(),
  configured: Type.Boolean(),
  active_by_default: Type.Boolean(),
  /** 1 when it can be asked now, else 0. */
  live: Type.Integer(),
  login: Type.Literal(false),
  login_url: Type.Union([Type.String(), Type.Null()]),
  nodriver: Type.Literal(false),
  hf_space: Type.Literal(false),
  status: ProviderStatus,
  /** Moving average of the time to the first token, in milliseconds; null before the first answer. */
  latency_ms: Maybe(Type.Number()),
  /** Answers that it is producing. */
  busy: Type.Integer(),
  /** Failures within five minutes, and the last one ever. */
  errors: Type.Integer(),
  last_error: Maybe(Type.Object({ error: Type.String(), message: Type.String(), at: Type.String() })),
  /** Answers strangers without a key: where messages would go to a third party without any account. */
  public: Type.Boolean(),
  /** Answers only where nobody else can, and is no language model. */
  last_resort: Type.Boolean(),
  /** Whether it tells what is left of an account. */
  tells_quota: Type.Boolean(),
});
export type ProviderInfo = Static<typeof ProviderInfo>;
