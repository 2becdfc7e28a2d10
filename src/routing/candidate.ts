import type { Pricing } from "../protocol/models.ts";
import type { Provider } from "../providers/provider.ts";

/** One way to answer: a provider, one of its models, and whose key. */
export interface Candidate {
  readonly provider: Provider;
  readonly model: string;
  /** The caller's own key. */
  readonly apiKey?: string;
  /** Which of the server's keys, where it has several. */
  readonly keyIndex?: number;
  /** How much the model reads at once, in tokens, where it is known. */
  readonly contextLength?: number;
  readonly pricing?: Pricing;
  /** How long it may take to its first token while somebody else could answer, in milliseconds. */
  readonly firstTokenMs?: number;
}
