import { Type } from "@sinclair/typebox";
import { seconds } from "../setting-kinds.ts";

/** What answers may take: tokens, time, room. */
export const runsSettings = {
  budget_tokens: Type.Integer({
    description: "How many tokens a key may use in a day, where it has no limit of its own; 0 for no limit",
    default: 0,
    minimum: 0,
  }),
  budget_cost: Type.Number({
    description: "The same in US dollars, by the prices that are known",
    default: 0,
    minimum: 0,
    maximum: 1e6,
  }),
  rate_requests: Type.Integer({
    description: "How many requests a key may send in a minute, where it has no limit of its own; 0 for no limit",
    default: 0,
    minimum: 0,
    maximum: 1e6,
  }),
  rate_runs: Type.Integer({
    description: "The same of answers, speech and recordings: of all that models are asked for",
    default: 0,
    minimum: 0,
    maximum: 1e6,
  }),
  max_runs_per_key: Type.Integer({
    description: "Most answers being produced at once for one key, where it has no limit of its own; 0 for no limit",
    default: 0,
    minimum: 0,
  }),
  usage_retention: Type.Integer({
    description: "How many days rows of usage are kept; what they come to stays. 0 for ever",
    default: 400,
    minimum: 0,
    maximum: 36_500,
  }),
  max_runs: Type.Integer({ description: "Most answers being produced at once", default: 2000, minimum: 1 }),
  max_sockets: Type.Integer({ description: "Most sockets of the channel at once", default: 10_000, minimum: 1 }),
  max_sockets_per_key: Type.Integer({
    description: "The same of one access key",
    default: 5000,
    minimum: 1,
  }),
  max_memory: Type.Integer({
    description:
      "From 85 % of so many bytes of memory on new work is refused until there is room; 0 for three quarters of what the machine or its container has",
    default: 0,
    minimum: 0,
  }),
  run_timeout: seconds("Longest time for a whole answer", 1800),
  run_grace: seconds("How long a resumable answer goes on while nobody is attached to it", 60),
  run_retention: seconds("How long a resumable answer can be read after its end", 3600),
  max_journal: Type.Integer({
    description: "What resumable answers may take on disk, in bytes; the oldest go first",
    default: 4 * 1024 ** 3,
    minimum: 1024 * 1024,
  }),
};
