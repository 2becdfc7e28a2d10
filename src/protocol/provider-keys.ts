import { Type, type Static } from "@sinclair/typebox";
import { Maybe } from "./maybe.ts";

/** The key of a provider, as far as it may be told. */
export const ProviderKey = Type.Object({
  provider: Type.String(),
  /** Whose key is sent: `settings` of the operator, which win, or `server`: the one that was entered; null for none. */
  source: Maybe(Type.Union([Type.Literal("settings"), Type.Literal("server")])),
  /** Where the operator sets one: `OPENAI_API_KEY`. */
  setting: Type.String(),
  /** When the one was entered that is kept here; null where none is. ISO 8601. */
  saved_at: Maybe(Type.String()),
  /** Its last four characters, where it is long enough to have more. */
  ends_with: Maybe(Type.String()),
  /** Whether the key is there that it was encrypted with; without it, it is sent to nobody. */
  readable: Type.Boolean(),
});
export type ProviderKey = Static<typeof ProviderKey>;

/** Every provider that takes a key. */
export const ProviderKeyList = Type.Array(ProviderKey);

/** A key to be kept. */
export const NewProviderKey = Type.Object({ api_key: Type.String({ minLength: 1, maxLength: 4096 }) });
export type NewProviderKey = Static<typeof NewProviderKey>;

/** A key to be tried once, and not kept; without it, the provider is asked as it stands. */
export const TriedProviderKey = Type.Object({
  api_key: Type.Optional(Type.String({ minLength: 1, maxLength: 4096 })),
});
export type TriedProviderKey = Static<typeof TriedProviderKey>;

/** What a provider said to what it was asked for a test. */
export const ProviderTest = Type.Object({
  ok: Type.Boolean(),
  /** How many models it lists; null where it refused. */
  models: Maybe(Type.Integer()),
  latency_ms: Type.Integer(),
  /** Why it does not work; null where it does. */
  message: Maybe(Type.String()),
});
export type ProviderTest = Static<typeof ProviderTest>;
