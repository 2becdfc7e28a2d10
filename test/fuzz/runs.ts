/** How many inputs are made, and of which seed: `FUZZ_RUNS=200000 FUZZ_SEED=7 bun test test/fuzz`. */
export function readRuns(usual: number): { readonly runs: number; readonly seed: number } {
  const { FUZZ_RUNS, FUZZ_SEED } = process.env;
  return { runs: Number(FUZZ_RUNS ?? usual), seed: Number(FUZZ_SEED ?? 1) };
}

/** Calls for each, so many at once. */
export async function inTurns<T>(items: readonly T[], atOnce: number, call: (item: T) => Promise<void>): Promise<void> {
  const left = [...items];
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      for (let item = left.shift(); item !== undefined; item = left.shift()) await call(item);
    }),
  );
}
