import type { ApiError } from "../../protocol/errors.ts";
import type { Usage } from "../../protocol/events.ts";
import { toOpenaiFailure } from "../failures.ts";
import { toOpenaiUsage } from "./usage.ts";

/** How a stream of one or several choices ends: with all of them, or with the first that fails. */
export interface StreamEnd {
  /** Whether it has ended, and nothing more may be said. */
  readonly isReached: boolean;
  /** What a choice used. */
  add(usage: Usage): void;
  /** What is said once a choice is whole. @param before a chunk, up to its choices */
  reach(before: string): string;
  /** What is said of a failure. Nothing follows it that would tell of a whole answer. */
  fail(failure: ApiError): string;
}

/** @param choices how many there are */
export function createStreamEnd(choices: number, includesUsage: boolean): StreamEnd {
  const used: Usage[] = [];
  let open = choices;
  return {
    get isReached() {
      return open === 0;
    },
    add: (usage) => void used.push(usage),
    reach(before) {
      if (--open > 0) return "";
      const usage = includesUsage ? `${before}[],"usage":${JSON.stringify(toOpenaiUsage(used))}}\n\n` : "";
      return `${usage}data: [DONE]\n\n`;
    },
    fail(failure) {
      if (open === 0) return "";
      open = 0;
      return `data: ${JSON.stringify(toOpenaiFailure(failure))}\n\n`;
    },
  };
}
