import type { Message } from "../../protocol/chat.ts";
import { countTokens } from "../../lib/text.ts";
import { textOf } from "../../providers/content.ts";
import { tokensOfPicture } from "../../routing/prompt-size.ts";
import type { OurCall } from "./call-sorter.ts";
import type { Granted } from "./tool-kind.ts";

export interface Results {
  /** One for each call: vendors refuse a question that leaves one out. */
  readonly messages: readonly Message[];
  /** Whether nothing more can be called. */
  readonly isLast: boolean;
}

export interface ResultLimits {
  /** Of all of them. */
  readonly maxTokens: number;
  readonly isLast: boolean;
  /** What follows the last of them that may come. */
  readonly lastWords: string;
}

type Content = ReturnType<Granted>;

/** Less of a result is not worth reading; arbitrary, in tokens. */
const leastTokens = 200;

/** What a model is given for its calls, which is no more than it can still read. */
export function toResults(
  calls: readonly OurCall[],
  granted: readonly Granted[],
  { maxTokens, lastWords, ...limits }: ResultLimits,
): Results {
  let left = maxTokens;
  const contents = calls.map((_, index) => fit(granted[index]));
  const isLast = limits.isLast || left < leastTokens;
  if (isLast) contents.push(joined(contents.pop() ?? "", `\n\n${lastWords}`));
  return {
    messages: calls.map(({ id }, index) => ({ role: "tool", tool_call_id: id, content: contents[index] ?? "" })),
    isLast,
  };

  function fit(write: Granted | undefined): Content {
    if (!write) return "Not done: too many calls at once. Make it again, if it is still needed.";
    const whole = write(1);
    const tokens = tokensOf(whole);
    const share = left / tokens;
    const content = share >= 1 ? whole : write(Math.max(0, share));
    const taken = share >= 1 ? tokens : tokensOf(content);
    if (left < leastTokens || taken > left + leastTokens) {
      left = 0;
      return "Not given: there is no room for it any more.";
    }
    left -= taken;
    return content;
  }
}

function joined(content: Content, text: string): Content {
  return typeof content === "string" ? content + text : [...content, { type: "text", text }];
}

function tokensOf(content: Content): number {
  const pictures = typeof content === "string" ? 0 : content.filter(({ type }) => type !== "text").length;
  return countTokens(textOf(content)) + pictures * tokensOfPicture;
}
