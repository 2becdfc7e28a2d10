import { expect, test } from "bun:test";
import { join } from "node:path";
import { lost } from "./lost.ts";

test("what formats lose stands in the documentation, and nothing else does", async () => {
  const page = await Bun.file(join(import.meta.dir, "../../../src/help/other-apis.md")).text();
  const [, section = ""] = /\n## What formats lose\n(.*?)(?=\n## |$)/s.exec(page) ?? [];
  const told = section
    .split("\n- ")
    .slice(1)
    .map((line) => line.replaceAll(/\s+/g, " ").trim());
  expect(told).toEqual(lost.map(({ why }) => why));
});
