import { expect, test } from "bun:test";
import { createPool, type Hand } from "../../src/files/pool.ts";

/** A hand that begins after `startMs`, and then takes as many milliseconds as its job says. */
function openHand(startMs: number): Hand<number, string> & { isEnded: boolean } {
  const hand = {
    isTaken: false,
    isFit: true,
    isEnded: false,
    async ask(workMs: number, onTaken: () => void) {
      await Bun.sleep(startMs);
      hand.isTaken = true;
      onTaken();
      await Bun.sleep(workMs);
      return "done";
    },
    async end() {
      hand.isEnded = true;
      hand.isFit = false;
    },
  };
  return hand;
}

function openOne(hand: Hand<number, string>, timeoutMs: number) {
  return createPool<number, string>({ start: () => hand, hands: 1, timeoutMs, idleMs: 1000 });
}

const nobody = new AbortController().signal;

test("the time in which a process starts is not its job's", async () => {
  const hand = openHand(300);
  using pool = openOne(hand, 200);
  expect(await pool.run(0, nobody)).toBe("done");
  expect(hand.isEnded).toBe(false);
});

test("a job that takes longer than it may is ended, and whoever does it", async () => {
  const hand = openHand(0);
  using pool = openOne(hand, 50);
  expect(pool.run(60_000, nobody)).rejects.toThrow("its conversion took longer than 0.05 s");
  await Bun.sleep(500);
  expect(hand.isEnded).toBe(true);
});

test("who leaves ends what takes long, and what would soon be done is kept for the next", async () => {
  for (const [workMs, isEnded] of [
    [60_000, true],
    [20, false],
  ] as const) {
    const hand = openHand(50);
    using pool = openOne(hand, 100_000);
    const leaving = new AbortController();
    const result = pool.run(workMs, leaving.signal);
    leaving.abort(new Error("left"));
    expect(await result.catch((error: Error) => error.message)).toBe("left");
    expect(hand.isEnded).toBe(isEnded);
    if (!isEnded) expect(await pool.run(0, nobody)).toBe("done");
  }
});

test("a pool that is disposed waits for nobody", async () => {
  const hand = openHand(60_000);
  const pool = openOne(hand, 100_000);
  const result = pool.run(0, nobody).catch((error: Error) => error.message);
  pool[Symbol.dispose]();
  expect(await result).toBe("the pool was disposed");
  expect(hand.isEnded).toBe(true);
});
