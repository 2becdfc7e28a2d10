import { fstatSync } from "node:fs";
import { Command } from "commander";
import { ConfigError } from "../config/error.ts";
import { onOutputClosed, printAside, printError } from "../lib/log.ts";
import { localCaller } from "../protocol/caller.ts";
import type { AskedMessage, AskedPart, ChatRequest } from "../protocol/chat.ts";
import type { FinishReason } from "../protocol/events.ts";
import type { EventReader } from "../runs/event-log.ts";
import { cancellation } from "../runs/live-run.ts";
import type { Services } from "../services.ts";
import type { Attachments } from "./attachments.ts";

export interface QuestionOptions {
  readonly model?: string;
  readonly provider?: string;
  readonly system?: string;
  readonly web?: string | boolean;
  readonly attach?: readonly string[];
}

/** A command that asks a question, and whom, and how. */
export function questionCommand(name: string): Command {
  return new Command(name)
    .argument("[prompt...]", "the question; - for what is piped in, which goes before other words")
    .option("-m, --model <name>", "the model; without it the provider's default")
    .option("-p, --provider <name>", "the provider; without it the router chooses")
    .option("-s, --system <text>", "how the model shall answer")
    .option(
      "--web [query]",
      "search the web for the question, or for these words, first; auto: as the model likes",
      toWeb,
    )
    .option("--attach <file>", "a file or an address that goes with the question; may be repeated", append);
}

function append(source: string, before: readonly string[] = []): readonly string[] {
  return [...before, source];
}

/** As `/web` in a conversation: `on` and `off` are no words to search for. */
function toWeb(typed: string): string | boolean {
  return typed === "on" || (typed !== "off" && typed);
}

/** What a command asks. */
export interface CommandQuestion {
  readonly text: string;
  /** What goes with it, as `Attachments.add` takes it. */
  readonly sources: readonly string[];
  readonly web_search: string | boolean | undefined;
}

/**
 * What the words of a command ask; without any, or with `-` alone, what is piped to it. Beside other words `-` is what goes
 * before them: never by itself, since what starts a script may leave an input open that never ends.
 *
 * @throws {ConfigError} for nothing
 */
export async function readQuestion(
  command: string,
  words: readonly string[],
  { web, attach = [] }: QuestionOptions,
): Promise<CommandQuestion> {
  // The words to search for are not told from those of a question behind it.
  const isQuestion = words.length === 0 && typeof web === "string" && web !== "auto";
  const asked = isQuestion ? [web] : words;
  const own = asked.filter((word) => word !== "-");
  const isWhole = own.length === 0 && (asked.length > 0 || !process.stdin.isTTY);
  const text = isWhole ? await Bun.stdin.text() : own.join(" ");
  if (text.trim() === "") throw new ConfigError(`the question is empty: parley ${command} "What can you do?"`);
  const isPiped = !isWhole && (own.length < asked.length || attach.includes("-"));
  if (!isWhole && !isPiped && isPipe()) printAside("what is piped in is not read: add - to the words\n");
  const sources = [...(isPiped ? ["-"] : []), ...attach.filter((source) => source !== "-")];
  return { text, sources, web_search: isQuestion ? true : web };
}

function isPipe(): boolean {
  try {
    return fstatSync(0).isFIFO();
  } catch {
    return false;
  }
}

/** What goes with a question stands before it. @throws {ConfigError} as `Attachments.add` */
export async function toQuestion(
  text: string,
  sources: readonly string[],
  attachments: Attachments,
): Promise<AskedMessage> {
  if (sources.length === 0) return { role: "user", content: text };
  const { parts, notes } = await attachments.add(sources);
  for (const note of notes) printError(`parley: ${note}\n`);
  return toUserMessage(text, parts);
}

export function toUserMessage(text: string, parts: readonly AskedPart[]): AskedMessage {
  return { role: "user", content: parts.length === 0 ? text : [...parts, { type: "text", text }] };
}

export function toMessages(question: AskedMessage, system: string | undefined): ChatRequest["messages"] {
  return [...(system ? [{ role: "system" as const, content: system }] : []), question];
}

/** Asks, until Ctrl-C or whoever reads the output ends it. @throws {ApiError} as `Runs.start` */
export async function readAnswer({ runs }: Pick<Services, "runs">, request: ChatRequest): Promise<EventReader> {
  const run = await runs.start(request, localCaller);
  endWithOutput(() => run.stop(cancellation()));
  return run.attach(0);
}

/** Calls back, once, with Ctrl-C, and when nobody reads what is written any more, or it cannot be written. */
export function endWithOutput(end: () => void): void {
  process.once("SIGINT", end);
  onOutputClosed(end);
}

export function toExitCode(reason: FinishReason): number {
  if (reason === "error") return 1;
  return reason === "cancelled" ? 130 : 0;
}

export const cutAnswer = "parley: the answer was cut at its longest allowed length\n";
