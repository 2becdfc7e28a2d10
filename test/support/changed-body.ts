import { isObject } from "../../src/lib/json.ts";

/** How one place of a body is changed. */
export interface BodyChange {
  /** Which of its places, counted as often as it takes. */
  readonly at: number;
  readonly kind: "replace" | "remove" | "add" | "repeat";
  readonly value: unknown;
  /** Of what is added to an object. */
  readonly name: string;
}

/** The body itself, with what its change says; of what has no place, what would have stood there. */
export function changed(body: unknown, { at, kind, name, ...change }: BodyChange): unknown {
  // The same is put into many bodies, and changed there.
  const value: unknown = structuredClone(change.value);
  const places = placesIn(body);
  const [holder, key] = places[at % places.length] ?? [];
  if (!holder || key === undefined) return value;
  const held: unknown = Reflect.get(holder, key);
  if (kind === "remove") Reflect.deleteProperty(holder, key);
  else if (kind === "add" && Array.isArray(held)) held.push(value);
  else if (kind === "add" && isObject(held)) define(held, name, value);
  else if (kind === "repeat") define(holder, key, [held, held].flat());
  else define(holder, key, value);
  return body;
}

function placesIn(value: unknown): (readonly [object, string])[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, member]) => [[value, key] as const, ...placesIn(member)]);
}

/** Also `__proto__`, as JSON has it. */
function define(holder: object, key: string, value: unknown): void {
  Object.defineProperty(holder, key, { value, enumerable: true, configurable: true, writable: true });
}
