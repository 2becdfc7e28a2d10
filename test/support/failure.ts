import { expect } from "bun:test";

/** What it fails with; a test whose promise does not fail ends here. */
export async function failureOf(asked: Promise<unknown>): Promise<unknown> {
  return asked.then(
    () => expect.unreachable(),
    (thrown: unknown) => thrown,
  );
}
