import { Type, type Static } from "@sinclair/typebox";

/** How the first key of a server is made. */
export const SetUp = Type.Object({
  /** Of the link that the server printed as it started. */
  token: Type.String({ minLength: 1, maxLength: 128 }),
  /** What the key is called, and whose everything is that is made with it. */
  name: Type.String({ minLength: 1, maxLength: 128 }),
});
export type SetUp = Static<typeof SetUp>;

/** The first key: an admin's, and shown this once. */
export const FirstKey = Type.Object({
  key: Type.String(),
  name: Type.String(),
  owner: Type.String(),
});
export type FirstKey = Static<typeof FirstKey>;
