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

test("who leaves while a process starts ends it", async () => {
  const hand = openHand(60_000);
  using pool = openOne(hand, 50);
  const leaving = new AbortController();
  const result = pool.run(0, leaving.signal);
  leaving.abort(new Error("left"));
  expect(result).rejects.toThrow("left");
  await Bun.sleep(10);
  expect(hand.isEnded).toBe(true);
});
