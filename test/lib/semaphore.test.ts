import { expect, test } from "bun:test";
import { createSemaphore } from "../../src/lib/semaphore.ts";

const never = new AbortController().signal;

test("so many are inside at once, and the others come in as they came", async () => {
  const semaphore = createSemaphore(2, 10);
  const order: number[] = [];
  let inside = 0;
  let most = 0;
  await Promise.all(
    Array.from({ length: 9 }, async (_, index) => {
      const leave = await semaphore.enter(never);
      order.push(index);
      most = Math.max(most, ++inside);
      await Bun.sleep(1);
      inside--;
      leave?.();
    }),
  );
  expect([most, order]).toEqual([2, [0, 1, 2, 3, 4, 5, 6, 7, 8]]);
});

test("where too many wait already nobody more does", async () => {
  const semaphore = createSemaphore(1, 1);
  const leave = await semaphore.enter(never);
  const second = semaphore.enter(never);
  expect(await semaphore.enter(never)).toBeUndefined();
  leave?.();
  expect(await second).toBeFunction();
});

test("who gives up waiting leaves its place to the next", async () => {
  const semaphore = createSemaphore(1, 2);
  const leave = await semaphore.enter(never);
  const impatient = new AbortController();
  const second = semaphore.enter(impatient.signal);
  const third = semaphore.enter(never);
  impatient.abort(new Error("gone"));
  await expect(second).rejects.toThrow("gone");
  await expect(semaphore.enter(impatient.signal)).rejects.toThrow("gone");
  leave?.();
  expect(await third).toBeFunction();
});
