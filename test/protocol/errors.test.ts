import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";
import { toApiError } from "../../src/protocol/errors.ts";

function thrownBy(work: () => void): unknown {
  try {
    work();
  } catch (thrown) {
    return thrown;
  }
  return undefined;
}

test("a full disk is told as one, whoever meets it", () => {
  using database = new Database(":memory:");
  database.run("PRAGMA max_page_count = 2");
  database.run("CREATE TABLE full (text TEXT)");
  const thrown = [
    thrownBy(() => database.run("INSERT INTO full VALUES (?)", ["x".repeat(10_000)])),
    Object.assign(new Error("write"), { code: "ENOSPC", syscall: "write" }),
  ];
  for (const each of thrown)
    expect(toApiError(each)).toMatchObject({
      reason: "storage_unavailable",
      status: 503,
      retryAfterMs: 5000,
      cause: each,
    });
  expect(toApiError(new Error("else"))).toMatchObject({ reason: "internal", status: 500 });
});
