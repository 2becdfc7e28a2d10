/** Deepest nesting that we accept: JSON.stringify recurses, and throws on documents that JSON.parse still reads. */
export const maxJsonDepth = 128;

/**
 * Parses JSON from outside.
 *
 * @throws {SyntaxError} when `text` is not JSON, or nests deeper than `maxDepth`.
 */
export function parseJson(text: string, maxDepth = maxJsonDepth): unknown {
  const value: unknown = JSON.parse(text);
  assertDepth(value, maxDepth);
  return value;
}

/** @throws {SyntaxError} when a value nests deeper than `maxDepth`. */
export function assertDepth(value: unknown, maxDepth = maxJsonDepth): void {
  if (isDeeper(value, maxDepth)) throw new SyntaxError(`nested deeper than ${maxDepth} levels`);
}

/** As `parseJson`, with `undefined` for what is not JSON. */
export function tryParseJson(text: string): unknown {
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}

export type JsonObject = { readonly [key: string]: unknown };

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * Reads one path of an upstream's answer, `undefined` where any step is missing: upstreams are read tolerantly,
 * one field at a time, since vendors add, omit and null fields without notice.
 */
export function at(value: unknown, ...path: (string | number)[]): unknown {
  let here = value;
  for (const step of path) {
    if (typeof here !== "object" || here === null) return undefined;
    here = Array.isArray(here) ? here[Number(step)] : Object.hasOwn(here, step) ? Reflect.get(here, step) : undefined;
  }
  return here;
}

export function textAt(value: unknown, ...path: (string | number)[]): string | undefined {
  const found = at(value, ...path);
  return typeof found === "string" ? found : undefined;
}

/** A whole number from 0 up, a fraction cut off: all that upstreams count comes so, and anything else is a mistake. */
export function countAt(value: unknown, ...path: (string | number)[]): number | undefined {
  const found = at(value, ...path);
  return typeof found === "number" && found >= 0 && found <= Number.MAX_SAFE_INTEGER ? Math.trunc(found) : undefined;
}

export function numberAt(value: unknown, ...path: (string | number)[]): number | undefined {
  const found = at(value, ...path);
  return typeof found === "number" && Number.isFinite(found) ? found : undefined;
}

export function arrayAt(value: unknown, ...path: (string | number)[]): readonly unknown[] {
  const found = at(value, ...path);
  return Array.isArray(found) ? found : [];
}

function isDeeper(value: unknown, left: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  if (left === 0) return true;
  for (const member of Array.isArray(value) ? value : Object.values(value)) {
    if (typeof member === "object" && member !== null && isDeeper(member, left - 1)) return true;
  }
  return false;
}
