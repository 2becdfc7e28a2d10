import type { Message } from "../../protocol/chat.ts";
import { countTokens } from "../../lib/text.ts";
import type { OurCall } from "./call-sorter.ts";
import type { Granted } from "./grant.ts";

export interface Results {
  /** One for each call: vendors refuse a question that leaves one out. */
  readonly messages: readonly Message[];
  /** Whether nothing more can be searched for. */
  readonly isLast: boolean;
}

export interface ResultLimits {
  /** Of one page. */
  readonly maxWords: number;
  /** Of all of them. */
  readonly maxTokens: number;
  readonly isLast: boolean;
}

/** Less of a page is not worth reading; arbitrary, in tokens. */
const leastTokens = 200;

/** What a model is given for its calls, which is no more than it can still read. */
export function toResults(
  calls: readonly OurCall[],
  granted: readonly Granted[],
  { maxWords, maxTokens, ...limits }: ResultLimits,
): Results {
  let left = maxTokens;
  const texts = calls.map((_, index) => fit(granted[index]));
  const isLast = limits.isLast || left < leastTokens;
  if (isLast) texts.push(`${texts.pop() ?? ""}\n\n${lastWords}`);
  return {
    messages: calls.map(({ id }, index) => ({ role: "tool", tool_call_id: id, content: texts[index] ?? "" })),
    isLast,
  };

  function fit(write: Granted | undefined): string {
    if (!write) return "Not done: too many calls at once. Make it again, if it is still needed.";
    const whole = write(maxWords);
    const tokens = countTokens(whole);
    const share = left / tokens;
    const text = share >= 1 ? whole : write(Math.floor(maxWords * share));
    const taken = share >= 1 ? tokens : countTokens(text);
    if (left < leastTokens || taken > left + leastTokens) {
      left = 0;
      return "Not given: there is no room for it any more.";
    }
    left -= taken;
    return text;
  }
}

const lastWords = "Nothing more can be searched for or read: answer now, with what there is.";
