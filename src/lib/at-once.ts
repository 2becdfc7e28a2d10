/** How many of something each has at once. Whoever has none takes no place. */
export interface AtOnce {
  of(who: string): number;
  /** Counts one more, and gives what is to be called, once, when it is over. Nobody's (`null`) are not counted. */
  enter(who: string | null): () => void;
}

export function createAtOnce(): AtOnce {
  const counts = new Map<string, number>();
  const of = (who: string) => counts.get(who) ?? 0;
  return {
    of,
    enter(who) {
      if (who === null) return () => {};
      counts.set(who, of(who) + 1);
      return () => {
        const left = of(who) - 1;
        if (left > 0) counts.set(who, left);
        else counts.delete(who);
      };
    },
  };
}
