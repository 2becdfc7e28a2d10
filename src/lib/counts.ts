/** A number that only grows, until the server ends. */
export interface Count {
  value: number;
}

/** How often a number lay between which bounds, and the sum of all. */
export interface Distribution {
  /** Ascending. */
  readonly bounds: readonly number[];
  /** One for each bound, of what lies at it or below, and above the one before; the last is what lies above all. */
  readonly counts: number[];
  sum: number;
}

export const createCount = (): Count => ({ value: 0 });

export function createDistribution(bounds: readonly number[]): Distribution {
  return { bounds, counts: Array.from({ length: bounds.length + 1 }, () => 0), sum: 0 };
}

/** Less than 0, as where a clock was set back, counts as 0: a sum that falls is read as a server that began anew. */
export function observe(distribution: Distribution, measured: number): void {
  const { bounds, counts } = distribution;
  const value = Math.max(0, measured);
  let at = 0;
  while (at < bounds.length && value > (bounds[at] ?? 0)) at++;
  counts[at] = (counts[at] ?? 0) + 1;
  distribution.sum += value;
}

/** One of these for each choice of words, such as a provider and an outcome. */
export interface Series<Cell> {
  /** Made where there is none yet. */
  of(...words: readonly string[]): Cell;
  list(): { readonly words: readonly string[]; readonly cell: Cell }[];
}

/** What is counted for words that come when there are so many already: a mistake of ours must not fill the memory. */
export const overflow = "other";

export function createSeries<Cell>(create: () => Cell, maxCells = 1000): Series<Cell> {
  const cells = new Map<string, { readonly words: readonly string[]; readonly cell: Cell }>();
  return { of, list: () => [...cells.values()] };

  function of(...words: readonly string[]): Cell {
    const key = words.join("\n");
    const known = cells.get(key);
    if (known) return known.cell;
    const isFull = cells.size >= maxCells && words.some((word) => word !== overflow);
    if (isFull) return of(...words.map(() => overflow));
    const cell = create();
    cells.set(key, { words, cell });
    return cell;
  }
}

export const createCounts = (): Series<Count> => createSeries(createCount);

export function createDistributions(bounds: readonly number[]): Series<Distribution> {
  return createSeries(() => createDistribution(bounds));
}
