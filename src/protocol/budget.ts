import { Type, type Static } from "@sinclair/typebox";

const Part = Type.Object({ limit: Type.Number(), used: Type.Number(), left: Type.Number() });

/**
 * How a key's day stands, in what it is limited by. `cost` is in US dollars. What answers that are being produced have set
 * aside is not in it.
 */
export const Budget = Type.Object({
  tokens: Type.Optional(Part),
  cost: Type.Optional(Part),
  /** ISO 8601: when the next day begins, in UTC. */
  resets_at: Type.String(),
});
export type Budget = Static<typeof Budget>;
