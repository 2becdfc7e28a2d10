import type { HelpIndex, HelpMatch } from "../../store/help.ts";
import { answerArithmetic } from "./arithmetic.ts";
import { answerDates } from "./dates.ts";
import { answerUnits } from "./units.ts";

export interface AnswerParts {
  readonly help: HelpIndex;
  /** What would make a language model available here and now, a sentence a line. */
  readonly advice: () => readonly string[];
  readonly now: number;
}

const opening =
  "Built-in assistant, no language model: I quote Parley's help, and work out arithmetic, units and dates.\n\n";

const aboutItself = /^\s*(help|(what|who) (can|are|do) you( do)?)\W*$/i;

/** Longest quotation, in characters. */
const maxQuote = 1500;

/** Answers a question in pieces, from what the installation holds; with no good match it says so. */
export function* answerQuestion(question: string, { help, advice, now }: AnswerParts): Generator<string> {
  yield opening;
  const worked = answerArithmetic(question) ?? answerUnits(question) ?? answerDates(question, now);
  if (worked !== undefined) return yield `${worked}\n`;

  // A question of common words alone, about the assistant itself, is the one that newcomers ask.
  const words = aboutItself.test(question) ? ["what", "parley", "does", "you", "can", "do"] : contentWords(question);
  const [best, ...others] = help.search(words, 4).filter((match) => isGood(match, words.length));
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
  const shown = text.length <= maxQuote ? text : `${text.slice(0, text.lastIndexOf("\n\n", maxQuote))}\n\n…`;
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

/** The words that say what a question is about. */
function contentWords(question: string): string[] {
  const words = question.toLowerCase().match(/[\p{L}\p{N}_.]*[\p{L}\p{N}_]/gu) ?? [];
  return [...new Set(words.filter((word) => word.length > 1 && !commonWords.has(word)))].slice(0, 24);
}

const commonWords = new Set(
  (
    "a about am an and any are as at be been but by can could did do does for from get give good had has have he hello hey hi how i if in into is it " +
    "its just know let like make may me mean might more most much must my need no not now of off on one or our out please provide " +
    "shall she should show so some tell than thank thanks that the their them then there these they thing this those to too " +
    "up us use using very want was way we well were what when where which while who why will with would you your"
  ).split(" "),
);
