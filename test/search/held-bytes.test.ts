import { expect, test } from "bun:test";
import { createHeldBytes } from "../../src/search/held-bytes.ts";

async function* pieces(...lengths: number[]) {
  for (const length of lengths) yield new Uint8Array(length).fill(7);
}

async function* broken() {
  yield new Uint8Array(60);
  throw new Error("broke off");
}

test("pages that wait to be read are no larger together than they may, and there is room again once they were", async () => {
  const held = createHeldBytes(100);
  const first = await held.hold(pieces(30, 30));
  expect(first.bytes).toEqual(new Uint8Array(60).fill(7));
  expect(held.hold(pieces(20, 30))).rejects.toThrow("too many large pages are being read at the moment");
  const second = await held.hold(pieces(40));
  first[Symbol.dispose]();
  first[Symbol.dispose]();
  expect(held.hold(broken())).rejects.toThrow("broke off");
  using third = await held.hold(pieces(60));
  expect(third.bytes).toHaveLength(60);
  expect(held.hold(pieces(1))).rejects.toThrow("too many");
  second[Symbol.dispose]();
});
