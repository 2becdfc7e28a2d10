/** How many inputs are made, and of which seed: `FUZZ_RUNS=200000 FUZZ_SEED=7 bun test test/fuzz`. */
export function readRuns(usual: number): { readonly runs: number; readonly seed: number } {
  const { FUZZ_RUNS, FUZZ_SEED } = process.env;
  return { runs: Number(FUZZ_RUNS ?? usual), seed: Number(FUZZ_SEED ?? 1) };
}
