import fc from "fast-check";
import { bodyOf } from "./bodies.ts";
import type { FuzzedRoute, Input } from "./input.ts";
import { type Header, oddHeaders } from "./lists/headers.ts";
import { pathOf } from "./targets.ts";

const sender = fc.constantFrom<Input["as"]>("admin", "admin", "admin", "user", "user", "nobody");

const bodyMethods = new Set(["POST", "PUT", "PATCH"]);

/** Inputs of a route: what it takes, what is nearly that, and what is nothing of the kind. */
export function inputsOf(route: FuzzedRoute): fc.Arbitrary<Input> {
  const body = bodyOf(route);
  return fc
    .record({
      as: sender,
      method: methodOf(route.method),
      path: pathOf(route),
      headers: headersOf(route),
      body: bodyMethods.has(route.method)
        ? fc.option(body, { nil: undefined, freq: 20 })
        : fc.oneof({ weight: 12, arbitrary: fc.constant(undefined) }, body),
    })
    .map(({ body: sent, ...input }) => ({ ...input, ...(sent && { body: sent }) }));
}

function methodOf(method: string): fc.Arbitrary<string> {
  const own = method === "ALL" || method === "WS" ? fc.constantFrom("GET", "POST") : fc.constant(method);
  const other = fc.constantFrom("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS");
  return fc.oneof({ weight: 14, arbitrary: own }, { weight: 1, arbitrary: other });
}

function headersOf({ hooks }: FuzzedRoute): fc.Arbitrary<readonly Header[]> {
  const named = (hooks.detail?.parameters ?? []).flatMap(({ name }) => (name ? [name.toLowerCase()] : []));
  const own = named.flatMap((name) => oddHeaders.filter(([each]) => each === name));
  const odd = fc.constantFrom(...oddHeaders);
  const one = own.length === 0 ? odd : fc.oneof(odd, fc.constantFrom(...own));
  return fc.oneof(
    { weight: 3, arbitrary: fc.constant([]) },
    { weight: 2, arbitrary: fc.array(one, { minLength: 1, maxLength: 4 }) },
  );
}
