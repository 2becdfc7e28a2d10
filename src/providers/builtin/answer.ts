import type { HelpIndex, HelpMatch } from "../../store/help.ts";
import { answerArithmetic } from "./arithmetic.ts";
import { answerDates } from "./dates.ts";
import { answerUnits } from "./units.ts";

export interface AnswerParts {
  /** Made when it is first asked. */
  readonly help: () => HelpIndex;
  /** What would make a language model available here and now, a sentence a line. */
  readonly advice: () => readonly string[];
  readonly now: number;
}

const opening =
  "Built-in assistant, no language model: I quote Parley's help, and work out arithmetic, units and dates.\n\n";

/** What is longer is no sum, and would take the patterns that look for one long. */
const maxSum = 200;
/** What is read of a question for the help, in characters. */
const maxRead = 2000;

const aboutItself = /^\s*(help|(what|who) (can|are|do) you( do)?|what('s| is) (this|parley)|parley)\W*$/i;
const aboutItsKind =
  /^\s*(what|which) (model|llm|ai|version|assistant) (are|is) (you|this)\W*$|^\s*are you (an? |the )?\w+\W*$/i;
const greeting = /^\s*((hi|hello|hey|good (morning|evening|day)|thanks?( you)?|ok|test|ping)\b\W*)+$/i;
const examples =
  "Ask me for example “How do I set a key?”, “What is 15% of 80?” or “How many days until 25 December?”.\n";

/** Longest quotation, in characters. */
const maxQuote = 1500;

/** Answers a question in pieces, from what the installation holds; with no good match it says so. */
export function* answerQuestion(question: string, { help, advice, now }: AnswerParts): Generator<string> {
  yield opening;
  const isShort = question.trim().length <= maxSum;
  const worked = isShort
    ? (answerArithmetic(question) ?? answerUnits(question) ?? answerDates(question, now))
    : undefined;
  if (worked !== undefined) return yield `${worked}\n`;

  const asked = question.slice(0, maxRead);
  if (greeting.test(asked) || !/[\p{L}\p{N}]/u.test(asked)) return yield `Hello. ${examples}`;

  const words = wordsOf(asked);
  const [best, ...others] = help()
    .search(words, 4)
    .filter((match) => isGood(match, words.length));
  if (best) {
    yield* quote(best);
    if (others.length > 0) yield `\nSee also, in the help: ${others.map(({ title }) => title).join("; ")}.\n`;
    return;
  }
  yield "I found nothing in the help that answers this, and I do not guess.\n\n";
  yield "For answers from a language model:\n";
  for (const line of advice()) yield `- ${line}\n`;
}

/** A section as a quotation, sentence by sentence, with its source. */
function* quote({ title, text }: HelpMatch): Generator<string> {
  const end = text.lastIndexOf("\n\n", maxQuote);
  const shown = text.length <= maxQuote ? text : `${text.slice(0, end === -1 ? maxQuote : end)}\n\n…`;
  for (const line of shown.split("\n")) {
    const sentences = line.startsWith("```") || line.startsWith("|") ? [line] : line.split(/(?<=[.:?!])\s+(?=[A-Z`])/);
    yield "> ";
    for (const [index, sentence] of sentences.entries()) yield index === 0 ? sentence : ` ${sentence}`;
    yield "\n";
  }
  yield `\nSource: help, “${title}”.\n`;
}

/** Most of the words must be there; and one in the title, unless there are many to go by. */
function isGood({ coverage, isTitled }: HelpMatch, words: number): boolean {
  return coverage >= 0.6 && (isTitled || (coverage >= 0.75 && words >= 3));
}

/** The words that say what a question is about. Those about the assistant itself have none, and newcomers ask them. */
function wordsOf(question: string): string[] {
  if (aboutItself.test(question)) return ["what", "parley", "does", "you", "can", "do"];
  if (aboutItsKind.test(question)) return ["built", "assistant", "language", "model"];
  const words = question.toLowerCase().match(/[\p{L}\p{N}_.]*[\p{L}\p{N}_]/gu) ?? [];
  return [...new Set(words.filter((word) => word.length > 1 && !commonWords.has(word)))].slice(0, 24);
}

const commonWords = new Set(
  (
    "a about add am an and answer any are as at be been but by can could days did do does for from get give good had has have he hello hey hi how i if in into is it " +
    "its just know let like make may me mean meaning means might more most much must my need no not now of off on one or our out please provide " +
    "shall she should show so some take tell than thank thanks that the their them then there these they thing this those to too until " +
    "up us use using very want was way we well were what when where which while who why will with would you your"
  ).split(" "),
);
