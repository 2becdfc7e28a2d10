import type { TSchema } from "@sinclair/typebox";
import fc from "fast-check";
import type { FuzzedRoute } from "./input.ts";
import { toMark } from "./known.ts";
import { traversals } from "./lists/paths.ts";
import { naughtyStrings } from "./lists/strings.ts";
import { toPercent, toRaw } from "./percent.ts";
import { textOf, valueOf } from "./values.ts";

export function pathOf({ path, hooks }: FuzzedRoute): fc.Arbitrary<string> {
  const steps = path
    .split("/")
    .slice(1)
    .map((step, at, all) =>
      step === ":id"
        ? parameter(all[at - 1] ?? "id")
        : step.startsWith(":")
          ? parameter(step.slice(1))
          : step === "*"
            ? parameter("model")
            : fc.constant(step),
    );
  const plain = fc.tuple(...steps).map((all) => `/${all.join("/")}`);
  const spelled = fc
    .tuple(plain, fc.constantFrom("", "", "", "", "", "", "", "", "/", "//", "/.", "%2f", ";a=b", "/..", "%00", "\\"))
    .map(([one, end]) => one + end);
  const odd = fc
    .tuple(
      plain,
      fc.constantFrom(
        (each: string) => `/${each}`,
        (each: string) => each.toUpperCase(),
        (each: string) => each.replace(/[a-z]/, (letter) => `%${letter.charCodeAt(0).toString(16)}`),
        (each: string) => `/.${each}`,
        (each: string) => `/x/..${each}`,
        (each: string) => `http://evil.test${each}`,
        (each: string) => each.replaceAll("/", "\\"),
        (each: string) => each.replaceAll("/", "%2f"),
        (each: string) => `${each}#x`,
        (each: string) => `*${each}`,
      ),
    )
    .map(([one, change]) => change(one));
  return fc
    .tuple(fc.oneof({ weight: 12, arbitrary: spelled }, { weight: 1, arbitrary: odd }), queryOf(hooks.query))
    .map(([one, query]) => one + query);
}

function parameter(name: string): fc.Arbitrary<string> {
  return fc.oneof(
    { weight: 6, arbitrary: fc.nat(40).map((index) => toMark(name, index)) },
    { weight: 2, arbitrary: fc.constantFrom(...naughtyStrings).map((text) => toPercent(text.slice(0, 2000))) },
    { weight: 2, arbitrary: fc.constantFrom(...traversals).map(toRaw) },
    { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 20 }).map(toPercent) },
    {
      weight: 1,
      arbitrary: fc.uint8Array({ minLength: 1, maxLength: 8 }).map((bytes) => bytes.toHex().replaceAll(/../g, "%$&")),
    },
  );
}

function queryOf(schema: TSchema | undefined): fc.Arbitrary<string> {
  const named = Object.entries<TSchema>(schema?.properties ?? {}).map(([name, each]) =>
    fc.tuple(
      fc.constant(name),
      fc
        .oneof({ weight: 2, arbitrary: valueOf(each, name).map(String) }, { weight: 1, arbitrary: textOf(name) })
        .map((text) => toPercent(text.slice(0, 3000))),
    ),
  );
  const other = fc.tuple(
    fc.constantFrom(
      "a",
      "__proto__",
      "a[]",
      "__proto__[x]",
      "constructor",
      "limit",
      "cursor",
      "owner",
      "",
      "%00",
      "%zz",
      "%ff",
    ),
    fc.constantFrom("1", "", "%00", "%zz", "%c0%af", "-1", "1e400", "a&b", "all", "+", "99999999999999999999"),
  );
  const pairs =
    named.length === 0
      ? other
      : fc.oneof({ weight: 6, arbitrary: fc.oneof(...named) }, { weight: 1, arbitrary: other });
  return fc
    .array(pairs, { maxLength: 4 })
    .map((all) => (all.length === 0 ? "" : `?${all.map((pair) => pair.join("=")).join("&")}`));
}
