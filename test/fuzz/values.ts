import type { TSchema } from "@sinclair/typebox";
import fc from "fast-check";
import { spellings } from "../support/addresses.ts";
import { changed } from "../support/changed-body.ts";
import { rawValues } from "./lists/json.ts";
import { naughtyStrings } from "./lists/strings.ts";
import { toMark } from "./known.ts";

/** An address of this machine where somebody listens who must never be asked: `⟦canary.0⟧` is its port. */
export const addresses: readonly string[] = spellings.flatMap((spelling) => {
  const withPort = spelling.replace(/^(https?:\/*)([^/?#@\\:[]+|\[[^\]]+\])(\/|$)/, "$1$2:⟦canary.0⟧$3");
  return withPort === spelling ? [spelling] : [spelling, withPort];
});

const word = fc.constantFrom("a", "Hello", "cat", "user", "assistant", "text", "m");

/** A text for what is called so: something that there is, something plain, something naughty. */
export function textOf(name: string): fc.Arbitrary<string> {
  return fc.oneof(
    { weight: 4, arbitrary: fc.nat(40).map((index) => toMark(name, index)) },
    { weight: 2, arbitrary: word },
    { weight: 2, arbitrary: fc.constantFrom(...naughtyStrings) },
    { weight: 1, arbitrary: fc.constantFrom(...addresses) },
    { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 40 }) },
  );
}

/** Values that fit a schema, as far as the schema says what fits. `name` is what they are called. */
export function valueOf(schema: TSchema, name = "", depth = 0): fc.Arbitrary<unknown> {
  if (schema.shown) return valueOf(schema.shown, name, depth);
  if ("const" in schema) return fc.constant(schema.const);
  if (schema.enum) return fc.constantFrom(...schema.enum);
  if (depth > 7) return fc.constant(null);
  if (schema.anyOf) return fc.oneof(...schema.anyOf.map((each: TSchema) => valueOf(each, name, depth + 1)));
  if (schema.allOf)
    return fc
      .tuple(...schema.allOf.map((each: TSchema) => valueOf(each, name, depth + 1)))
      .map((parts) => Object.assign({}, ...parts));
  switch (schema.type) {
    case "object":
      return objectOf(schema, depth);
    case "array":
      return fc.array(valueOf(schema.items ?? {}, name, depth + 1), {
        minLength: schema.minItems ?? 0,
        maxLength: Math.max(schema.minItems ?? 0, Math.min(schema.maxItems ?? 3, 3)),
      });
    case "string":
      return stringOf(schema, name);
    case "integer":
      return fc.oneof(
        fc.integer({ min: schema.minimum ?? -3, max: Math.min(schema.maximum ?? 100, 1e9) }),
        fc.constant(schema.minimum ?? 1),
      );
    case "number":
      return fc.double({ min: schema.minimum ?? -2, max: schema.maximum ?? 100, noNaN: true });
    case "boolean":
      return fc.boolean();
    case "null":
      return fc.constant(null);
    case "undefined":
      return fc.constant(undefined);
    default:
      return fc.oneof(textOf(name), fc.jsonValue({ maxDepth: 2 }));
  }
}

function objectOf(schema: TSchema, depth: number): fc.Arbitrary<unknown> {
  const properties = Object.entries<TSchema>(schema.properties ?? {});
  const others = schema.patternProperties
    ? Object.values<TSchema>(schema.patternProperties)[0]
    : typeof schema.additionalProperties === "object"
      ? schema.additionalProperties
      : undefined;
  const named = fc.record(Object.fromEntries(properties.map(([key, each]) => [key, valueOf(each, key, depth + 1)])), {
    requiredKeys: schema.required ?? [],
  });
  if (properties.length > 0 && !others) return sparse(named, schema.required ?? []);
  const rest = fc.dictionary(fc.oneof(word, fc.constantFrom(...naughtyStrings)), valueOf(others ?? {}, "", depth + 1), {
    maxKeys: 4,
  });
  return fc.tuple(named, rest).map(([one, other]) => ({ ...other, ...one }));
}

/** Of forty optional properties, all at once would have each request refused for one of them. */
function sparse(named: fc.Arbitrary<unknown>, required: readonly string[]): fc.Arbitrary<unknown> {
  return fc.tuple(named, fc.array(fc.nat(60), { maxLength: 5 })).map(([value, chosen]) => {
    const entries = Object.entries(value as object);
    return Object.fromEntries(entries.filter(([key], at) => required.includes(key) || chosen.includes(at)));
  });
}

function stringOf(schema: TSchema, name: string): fc.Arbitrary<string> {
  if (schema.format === "binary") return fc.string({ unit: "binary", maxLength: 100 });
  const { minLength, maxLength, pattern } = schema;
  const text = textOf(name);
  return pattern
    ? fc.oneof(fc.stringMatching(new RegExp(pattern)), text)
    : text.map((each) => each.slice(0, maxLength).padEnd(minLength ?? 0, "a"));
}

/** One change to a body: another value somewhere, one that is missing, one more. */
const change = fc.record({
  at: fc.nat(300),
  kind: fc.constantFrom("replace", "replace", "remove", "add", "repeat"),
  value: fc.oneof(
    fc.nat(rawValues.length - 1).map(rawMark),
    fc.constantFrom<unknown>(
      null,
      true,
      false,
      0,
      -1,
      1.5,
      "",
      [],
      {},
      [[]],
      [null],
      { toString: 1, valueOf: 2 },
      "__proto__",
    ),
    fc.constantFrom(...naughtyStrings),
    fc.constantFrom(...addresses),
    fc.jsonValue({ maxDepth: 2 }),
  ),
  name: fc.constantFrom(
    "__proto__",
    "constructor",
    "type",
    "role",
    "content",
    "base_url",
    "api_key",
    "provider",
    "proxy",
    "then",
    "",
  ),
});

/** A document as text, of a value that was changed in some places. */
export function nearly(value: fc.Arbitrary<unknown>): fc.Arbitrary<string> {
  return fc
    .tuple(
      value,
      fc.oneof(
        { weight: 3, arbitrary: fc.array(change, { minLength: 1, maxLength: 1 }) },
        fc.array(change, { minLength: 2, maxLength: 4 }),
      ),
    )
    .map(([right, changes]) => toText(changes.reduce(changed, structuredClone(right))));
}

/** JSON, also of what JSON.stringify cannot say. */
export function toText(value: unknown): string {
  const text = JSON.stringify(value) ?? "";
  return text.includes("raw:")
    ? text.replaceAll(/"raw:(\d+):"/g, (_, at: string) => rawValues[Number(at)] ?? "0")
    : text;
}

function rawMark(at: number): string {
  return `raw:${at}:`;
}
