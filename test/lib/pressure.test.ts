import { describe, expect, test } from "bun:test";
import { openPressure, type PressureParts, type Readings } from "../../src/lib/pressure.ts";

/** A machine that takes what it is told to, and the pressure that is seen of it. */
function watch(parts: Partial<PressureParts> = {}) {
  const machine = { used: 0, garbage: 0, descriptors: 0, at: 0, collections: 0, closings: 0 };
  const readings: Readings = {
    memory: () => machine.used + machine.garbage,
    descriptors: () => machine.descriptors,
    collect() {
      machine.collections++;
      machine.garbage = 0;
    },
    now: () => (machine.at += 100),
  };
  const said: string[] = [];
  const say = (message: string) => void said.push(message);
  const log = { debug: say, info: say, warn: say, error: say };
  const onDescriptors = () => void machine.closings++;
  // It never looks by itself unless it is told to.
  const pressure = openPressure({
    maxBytes: 1000,
    isIdle: () => false,
    onDescriptors,
    log,
    readings,
    everyMs: 1e6,
    ...parts,
  });
  return { machine, pressure, said };
}

describe("memory", () => {
  const steps: readonly (readonly [name: string, used: number, level: number])[] = [
    ["is there", 500, 0],
    ["is there up to the first mark", 849, 0],
    ["is short from it on", 850, 1],
    ["is short until it has come back some way below", 801, 1],
    ["is there again then", 799, 0],
    ["is nearly gone from the second mark on", 950, 2],
    ["is nearly gone until it has come back below that", 901, 2],
    ["is short then", 899, 1],
    ["and is there again", 700, 0],
  ];
  test("counts as short from a mark on until it has come back some way below it", () => {
    const { machine, pressure, said } = watch();
    const seen = steps.map(([name, used]) => {
      machine.used = used;
      return [name, used, pressure.look()];
    });
    expect(seen).toEqual(steps.map((step) => [...step]));
    expect(said).toEqual([
      "the server is overloaded: new work is refused",
      "the server takes new work again",
      "the server is overloaded: new work is refused",
      "the server takes new work again",
    ]);
  });

  test("that is garbage is collected before it counts, and not at every look", () => {
    const { machine, pressure } = watch();
    machine.used = 300;
    machine.garbage = 690;
    expect([pressure.look(), machine.collections]).toEqual([0, 1]);
    machine.used = 990;
    for (let looks = 0; looks < 5; looks++) expect(pressure.look()).toBe(2);
    expect(machine.collections).toBe(1);
    machine.at += 5000;
    expect([pressure.look(), machine.collections]).toEqual([2, 2]);
  });

  test("that stays in use though nothing is worked on does not lock the server up", async () => {
    const { machine, pressure, said } = watch({ everyMs: 1, restMs: 300, isIdle: () => true });
    machine.used = 970;
    expect(pressure.look()).toBe(2);
    while (pressure.level > 0) await Bun.sleep(1);
    expect(said.at(-1)).toBe("the server takes new work again");
    expect(said).toContain("memory stays in use though nothing is being worked on; work is taken all the same");
    // What comes on top of it counts as it does otherwise.
    machine.used = 1200;
    machine.at += 10_000;
    expect([pressure.look(), pressure.shortage]).toEqual([2, "memory"]);
    pressure[Symbol.dispose]();
  });
});

test("descriptors that run out are looked at by themselves, and connections that nobody uses are closed", async () => {
  const { machine, pressure } = watch({ everyMs: 1 });
  machine.descriptors = 0.9;
  while (pressure.level === 0) await Bun.sleep(1);
  expect(pressure.shortage).toBe("descriptors");
  while (machine.closings < 2) await Bun.sleep(1);
  machine.descriptors = 0.5;
  while (pressure.shortage === "descriptors") await Bun.sleep(1);
  pressure[Symbol.dispose]();
});

test("an event loop that is late again and again is a shortage, one stall is none, and it passes", async () => {
  const { machine, pressure } = watch({ everyMs: 1 });
  const seen: number[] = [];
  const stall = async () => {
    machine.at += 60_000;
    const { at } = machine;
    while (machine.at < at + 300) await Bun.sleep(1);
    seen.push(pressure.level);
  };
  await stall();
  while (pressure.look() === 0) await stall();
  expect([seen[0], pressure.shortage]).toEqual([0, "time"]);
  while (pressure.look() > 0) await Bun.sleep(1);
  pressure[Symbol.dispose]();
});

test("it is looked at seldom while nobody asks and nothing is worked on, and at once when somebody does", async () => {
  let looks = 0;
  let used = 500;
  const readings: Partial<Readings> = { memory: () => (looks++, used), descriptors: () => 0, now: () => 0 };
  const { pressure } = watch({
    everyMs: 1,
    quietMs: 1e6,
    isIdle: () => true,
    readings: { ...noReadings, ...readings },
  });
  const isQuiet = async () => {
    const before = looks;
    await Bun.sleep(20);
    return looks === before;
  };
  while (!(await isQuiet()));
  used = 990;
  expect([pressure.level, pressure.shortage]).toEqual([2, "memory"]);
  expect(await isQuiet()).toBe(false);
  used = 500;
  while (!(await isQuiet()));
  expect(pressure.level).toBe(0);
  pressure[Symbol.dispose]();
});

test("it goes on being looked at while something is worked on", async () => {
  const seen = { looks: 0 };
  const readings = { ...noReadings, memory: () => seen.looks++ };
  const { pressure } = watch({ everyMs: 1, quietMs: 1e6, isIdle: () => false, maxBytes: 1e6, readings });
  while (seen.looks < 20) await Bun.sleep(1);
  pressure[Symbol.dispose]();
});

const noReadings: Readings = { memory: () => 0, descriptors: () => 0, collect() {}, now: () => 0 };
