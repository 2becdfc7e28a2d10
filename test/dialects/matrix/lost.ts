/** What a format has no place for. `src/help/other-apis.md` has the same list, each in the same words. */
export interface Lost {
  /** Where it is asked in, or asked out; any if it is not said. */
  readonly dialect?: string;
  readonly wire?: string;
  /** Of a feature, or a failure. */
  readonly aspect: string;
  readonly why: string;
}

export const lost: readonly Lost[] = [];

export function isLost(dialect: string, wire: string, aspect: string): boolean {
  return lost.some(
    (entry) => entry.aspect === aspect && (entry.dialect ?? dialect) === dialect && (entry.wire ?? wire) === wire,
  );
}
