import { ApiError } from "./errors.ts";

/** What a memory must be to be seen, as it was understood. */
export type MemoryFilter =
  | { readonly all: readonly MemoryFilter[] }
  | { readonly any: readonly MemoryFilter[] }
  | { readonly not: MemoryFilter }
  | MemoryCondition;

export type Scalar = string | number | boolean | null;

/** Of one field: of the memory itself, or a key of its metadata. Times are milliseconds since 1970. */
export interface MemoryCondition {
  readonly of: "created_at" | "updated_at" | "conversation_id" | "metadata";
  /** Of metadata; else empty. */
  readonly key: string;
  readonly test: FilterTest;
}

/** `in` holds for any of its values; a key that is missing is null. */
export type FilterTest =
  | { readonly op: "in"; readonly values: readonly Scalar[] }
  | { readonly op: "gte" | "gt" | "lte" | "lt"; readonly value: string | number }
  /** A part of a text, or a member of a list. */
  | { readonly op: "contains"; readonly value: Scalar }
  | { readonly op: "icontains"; readonly value: string };

/** Deeper and longer ones are nobody's questions; arbitrary. */
const maxDepth = 16;
const maxValues = 1000;
/** Of what `icontains` looks for, in characters: each stands for all its cases. */
const maxLetters = 256;

const operators = ["eq", "ne", "in", "gte", "gt", "lte", "lt", "contains", "icontains"];

/**
 * Reads `{"AND":[{"topic":"food"},{"created_at":{"gte":"2026-01-01"}}]}`: the members of an object must all hold, and a
 * field is a key of metadata but for `created_at`, `updated_at` and `conversation_id`; `{"metadata":{"AND":"x"}}` means the
 * key whatever it is called.
 *
 * @throws {ApiError} `invalid_request`, saying where
 */
export function parseFilter(value: unknown, root: string): MemoryFilter {
  let left = maxValues;
  return parseObject(value, root, 0);

  function parseObject(given: unknown, path: string, depth: number): MemoryFilter {
    if (depth > maxDepth) throw wrong(path, `at most ${maxDepth} levels of conditions`);
    const entries = entriesOf(given, path).map(([name, each]) => parseEntry(name, each, step(path, name), depth));
    const [only] = entries;
    return entries.length === 1 && only ? only : { all: entries };
  }

  function parseEntry(name: string, given: unknown, path: string, depth: number): MemoryFilter {
    switch (name) {
      case "AND":
        return { all: parseList(given, path, depth) };
      case "OR":
        return { any: parseList(given, path, depth) };
      case "NOT":
        return { not: { any: parseList(given, path, depth) } };
      case "metadata":
        return {
          all: entriesOf(given, path).map(([key, each]) => parseField("metadata", key, each, step(path, key))),
        };
      case "created_at":
      case "updated_at":
      case "conversation_id":
        return parseField(name, "", given, path);
      default:
        return parseField("metadata", name, given, path);
    }
  }

  function parseList(given: unknown, path: string, depth: number): MemoryFilter[] {
    if (!Array.isArray(given)) return [parseObject(given, path, depth + 1)];
    if (given.length === 0) throw wrong(path, "at least one condition");
    return given.map((each, index) => parseObject(each, `${path}[${index}]`, depth + 1));
  }

  function parseField(of: MemoryCondition["of"], key: string, given: unknown, path: string): MemoryFilter {
    if (!isRecord(given)) return { of, key, test: toIn([given], of, path) };
    const tests = Object.entries(given);
    if (tests.length === 0) throw wrong(path, `a value, or an object with some of ${operators.join(", ")}`);
    const found = tests.map(([op, operand]): MemoryFilter => {
      const where = step(path, op);
      if (op === "ne") return { not: { of, key, test: toIn([operand], of, where) } };
      return { of, key, test: parseTest(op, operand, of, where) };
    });
    const [only] = found;
    return found.length === 1 && only ? only : { all: found };
  }

  function parseTest(op: string, operand: unknown, of: MemoryCondition["of"], path: string): FilterTest {
    switch (op) {
      case "eq":
        return toIn([operand], of, path);
      case "in":
        if (!Array.isArray(operand)) throw wrong(path, "a list of values");
        return toIn(operand, of, path);
      case "gte":
      case "gt":
      case "lte":
      case "lt":
        return { op, value: toOrdered(operand, of, path) };
      case "contains":
        assertText(of, path);
        return { op, value: toScalar(operand, path) };
      case "icontains":
        assertText(of, path);
        if (typeof operand !== "string" || operand.length > maxLetters || operand.includes("\0"))
          throw wrong(path, `a text of at most ${maxLetters} characters`);
        count(path);
        return { op, value: operand };
      default:
        throw wrong(path, `one of ${operators.join(", ")} as the operator`);
    }
  }

  function toIn(values: readonly unknown[], of: MemoryCondition["of"], path: string): FilterTest {
    return { op: "in", values: values.map((each) => (isTime(of) ? toTime(each, path) : toScalar(each, path))) };
  }

  function toOrdered(operand: unknown, of: MemoryCondition["of"], path: string): string | number {
    if (isTime(of)) return toTime(operand, path);
    const value = toScalar(operand, path);
    if (typeof value === "string" || typeof value === "number") return value;
    throw wrong(path, "a number or a string");
  }

  function toScalar(given: unknown, path: string): Scalar {
    count(path);
    if (given === null || typeof given === "string" || typeof given === "number" || typeof given === "boolean")
      return given;
    throw wrong(path, "a string, a number, a boolean or null");
  }

  function toTime(given: unknown, path: string): number {
    count(path);
    const ms = typeof given === "number" ? given * (Math.abs(given) < leastMs ? 1000 : 1) : parseTime(given);
    if (Number.isFinite(ms)) return ms;
    throw wrong(path, "a time: ISO 8601, or seconds or milliseconds since 1970");
  }

  function count(path: string): void {
    if (left-- === 0) throw wrong(path, `at most ${maxValues} values in all`);
  }
}

/** Smaller numbers are seconds: as milliseconds they would be times before 1973. */
const leastMs = 1e11;

function parseTime(given: unknown): number {
  if (typeof given !== "string") return NaN;
  const [, day, time, zone = "Z"] =
    /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?)(Z|[+-]\d\d:\d\d)?)?$/i.exec(given) ?? [];
  return day === undefined ? NaN : Date.parse(time === undefined ? day : `${day}T${time}${zone.toUpperCase()}`);
}

function isTime(of: MemoryCondition["of"]): boolean {
  return of === "created_at" || of === "updated_at";
}

function assertText(of: MemoryCondition["of"], path: string): void {
  if (isTime(of)) throw wrong(path, "eq, ne, in, gte, gt, lte or lt for a time");
}

function entriesOf(given: unknown, path: string): [string, unknown][] {
  if (isRecord(given)) return Object.entries(given);
  throw wrong(path, "an object of conditions");
}

function isRecord(given: unknown): given is Readonly<Record<string, unknown>> {
  return typeof given === "object" && given !== null && !Array.isArray(given);
}

/** Names are the caller's own, and may be long. */
function step(path: string, name: string): string {
  const short = name.length > 40 ? `${name.slice(0, 39).toWellFormed()}…` : name;
  return path === "" ? short : `${path}.${short}`;
}

function wrong(path: string, expected: string): ApiError {
  return new ApiError("invalid_request", `${path}: expected ${expected}`);
}
