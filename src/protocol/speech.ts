import { type Static, Type } from "@sinclair/typebox";

/** What a recording says. */
export const Transcript = Type.Object({ text: Type.String() });
export type Transcript = Static<typeof Transcript>;

/** Providers by what they can do with sound, the first that would be asked first. */
export const Voices = Type.Object({
  /** Who speaks a text. */
  speakers: Type.Array(Type.String()),
  /** Who writes down what a recording says. */
  listeners: Type.Array(Type.String()),
});
export type Voices = Static<typeof Voices>;
