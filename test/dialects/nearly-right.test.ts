import { afterAll, beforeAll, expect, test } from "bun:test";
import fc from "fast-check";
import { isObject } from "../../src/lib/json.ts";
import { openStage, type Stage } from "../support/dialect.ts";
import { rightBodies } from "../support/right-bodies.ts";
import { openaiText } from "../support/scripted-upstream.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
  stage.play(openaiText("Yes."));
});
afterAll(() => stage[Symbol.asyncDispose]());

const secret = "hunter2";
const plain = [null, true, -1, 1.5, 1e308, "", secret, `\ud800${secret}`, "__proto__", "toString"];
const odd = [
  ...plain,
  [],
  {},
  [secret],
  { toString: 1, valueOf: 2 },
  { type: "toString" },
  JSON.parse('{"__proto__":{"type":"text"}}'),
  nested(100),
];
const change = fc.record({
  at: fc.nat(200),
  kind: fc.constantFrom("replace", "remove", "add", "repeat"),
  value: fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...odd) }, fc.jsonValue({ maxDepth: 2 })),
  name: fc.constantFrom("__proto__", "constructor", "type", "role", "content", "base_url", "conversation", ""),
});
type Change = typeof change extends fc.Arbitrary<infer T> ? T : never;

test("a body that is nearly right is answered, or refused in its owner's shape without a word of it", async () => {
  const asked = fc.tuple(fc.constantFrom(...rightBodies), fc.array(change, { minLength: 1, maxLength: 2 }));
  await fc.assert(
    fc.asyncProperty(asked, async ([[path, body], changes]) => {
      const text = JSON.stringify(changes.reduce(changed, structuredClone(body)));
      const response = await stage.app.get(path, { method: "POST", body: text });
      const told = await response.text();
      expect(response.status).toBeLessThan(500);
      if (response.status < 400) return;
      // A model is told by its name.
      if (response.status !== 404) expect(told).not.toContain(secret);
      expect(told).not.toContain('the body is not JSON"');
      expect(isOwners(path, JSON.parse(told))).toBe(true);
    }),
    { numRuns: 300 },
  );
  expect(stage.app.trouble).toEqual([]);
});

/** By what their own clients look for. */
function isOwners(path: string, { type, error }: { type?: string; error: unknown }): boolean {
  if (path.startsWith("/api/")) return typeof error === "string";
  if (!isObject(error) || typeof error.message !== "string") return false;
  if (path.startsWith("/v1beta/")) return typeof error.code === "number" && typeof error.status === "string";
  return path === "/v1/messages" ? type === "error" : "param" in error && typeof error.type === "string";
}

function changed(body: object, { at, kind, name, ...change }: Change): object {
  // The same is put into many bodies, and changed there.
  const value: unknown = structuredClone(change.value);
  const places = placesIn(body);
  const [holder, key] = places[at % places.length] ?? [];
  if (!holder || key === undefined) return body;
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

function nested(depth: number): unknown {
  return depth === 0 ? "x" : [nested(depth - 1)];
}
