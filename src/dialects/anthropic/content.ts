import { type Static, Type } from "@sinclair/typebox";
import { at, isObject } from "../../lib/json.ts";

/** Part of a message, of whatever type. */
export const Block = Type.Object(
  { type: Type.String() },
  { additionalProperties: true, expected: "a content block: an object with type" },
);
export type Block = Static<typeof Block>;

/** What a message says: a text is one block of it. */
export const Content = Type.Union([Type.String(), Type.Array(Block, { expected: "an array of content blocks" })], {
  expected: "a string or an array of content blocks",
});
export type Content = Static<typeof Content>;

/** What is text alone and bears no mark is a string: some vendors take nothing else. */
export function toContent(parts: readonly unknown[]): unknown {
  const [first, ...others] = parts;
  if (first === undefined) return "";
  const isPlain = others.length === 0 && isObject(first) && first.type === "text" && first.cache_control === undefined;
  return isPlain ? first.text : parts;
}

/** Where the vendor's cache may end: its own adapter reads the mark, and others pass over it. */
export function markOf(marked: object): Record<string, unknown> {
  const mark = at(marked, "cache_control");
  return isObject(mark) ? { cache_control: mark } : {};
}
