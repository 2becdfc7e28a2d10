/** How many tokens a key may use in a day, and how many of them are left. */
export interface TokenLimit {
  readonly limit: number;
  readonly left: number;
  /** When all of them are there again: ISO 8601, UTC. */
  readonly resetsAt: string;
  /** How long that is from now. */
  readonly resetMs: number;
}
