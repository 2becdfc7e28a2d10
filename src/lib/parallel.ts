/** What `make` gives for each, in their order, at most `limit` at once. The first failure is thrown when all have ended. */
export async function mapParallel<T, U>(
  all: readonly T[],
  limit: number,
  make: (one: T, index: number) => Promise<U>,
): Promise<U[]> {
  const made: U[] = [];
  const failures: unknown[] = [];
  const rest = all.entries();
  const runners = Array.from({ length: Math.min(limit, all.length) }, async () => {
    for (const [index, one] of rest) {
      if (failures.length > 0) return;
      await make(one, index).then(
        (value) => (made[index] = value),
        (thrown: unknown) => failures.push(thrown),
      );
    }
  });
  await Promise.all(runners);
  if (failures.length > 0) throw failures[0];
  return made;
}
