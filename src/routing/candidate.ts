import type { Pricing } from "../protocol/models.ts";
import type { Provider } from "../providers/provider.ts";

/** One way to answer: a provider, one of its models, and whose key. */
export interface Candidate {
  readonly provider: Provider;
  readonly model: string;
  /** The caller's own key. */
  readonly apiKey?: string;
  /** Whether the caller names its address: nothing of it is the server's, and it has no key of the server's. */
  readonly isCallers?: boolean;
  /** Which of the server's keys, where it has several. */
  readonly keyIndex?: number;
  /** How much the model reads at once, in tokens, where it is known. */
  readonly contextLength?: number;
  /** Whether it sees pictures, where it is known. */
  readonly vision?: boolean;
  readonly pricing?: Pricing;
  /** How long it may take to its first token while somebody else could answer, in milliseconds. */
  readonly firstTokenMs?: number;
}

/** Whether it is asked in the server's name: only then is anything learnt of it that holds for others, or counted as ours. */
export function isOurs({ apiKey, isCallers }: Pick<Candidate, "apiKey" | "isCallers">): boolean {
  return apiKey === undefined && isCallers !== true;
}
