import { isObject } from "../../lib/json.ts";

/** What holds names of the caller's own, which are as they are. */
const untouched = new Set([
  "args",
  "response",
  "parameters",
  "parametersJsonSchema",
  "responseSchema",
  "responseJsonSchema",
]);

/**
 * The same with `systemInstruction` for `system_instruction`, as the owner of this API takes both:
 * https://protobuf.dev/programming-guides/json/
 */
export function withCamelNames(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withCamelNames);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => {
      const camel = toCamel(name);
      return [camel, untouched.has(camel) ? member : withCamelNames(member)];
    }),
  );
}

export function toCamel(name: string): string {
  return name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
