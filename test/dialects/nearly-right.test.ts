import { afterAll, beforeAll, expect, test } from "bun:test";
import fc from "fast-check";
import { isObject } from "../../src/lib/json.ts";
import { changed } from "../support/changed-body.ts";
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

test("a body that is nearly right is answered, or refused in its owner's shape without a word of it", async () => {
  const asked = fc.tuple(fc.constantFrom(...rightBodies), fc.array(change, { minLength: 1, maxLength: 2 }));
  await fc.assert(
    fc.asyncProperty(asked, async ([[path, body], changes]) => {
      const text = JSON.stringify(changes.reduce<unknown>(changed, structuredClone(body)));
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

function nested(depth: number): unknown {
  return depth === 0 ? "x" : [nested(depth - 1)];
}
