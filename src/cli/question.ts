import { Command } from "commander";
import { ConfigError } from "../config/error.ts";
import { onOutputClosed, printError } from "../lib/log.ts";
import { localCaller } from "../protocol/caller.ts";
import type { ChatRequest } from "../protocol/chat.ts";
import type { FinishReason } from "../protocol/events.ts";
import type { EventReader } from "../runs/event-log.ts";
import { cancellation } from "../runs/live-run.ts";
import type { Services } from "../services.ts";

export interface QuestionOptions {
  readonly model?: string;
  readonly provider?: string;
  readonly system?: string;
}

/** A command that asks a question, and whom, and how. */
export function questionCommand(name: string): Command {
  return new Command(name)
    .argument("[prompt...]", "the question; without one, or with -, it is read from standard input")
    .option("-m, --model <name>", "the model; without it the provider's default")
    .option("-p, --provider <name>", "the provider; without it the router chooses")
    .option("-s, --system <text>", "how the model shall answer");
}

/** What the words of a command ask; without any, or with `-`, what is piped to it. @throws {ConfigError} for nothing */
export async function readQuestion(command: string, words: readonly string[]): Promise<string> {
  const isPiped = words.join() === "-" || (words.length === 0 && !process.stdin.isTTY);
  const question = isPiped ? await Bun.stdin.text() : words.join(" ");
  if (question.trim() === "") throw new ConfigError(`the question is empty: parley ${command} "What can you do?"`);
  return question;
}

export function toMessages(question: string, system: string | undefined): ChatRequest["messages"] {
  return [...(system ? [{ role: "system" as const, content: system }] : []), { role: "user", content: question }];
}

/** Asks, until Ctrl-C or whoever reads the output ends it. @throws {ApiError} as `Runs.start` */
export async function readAnswer({ runs }: Pick<Services, "runs">, request: ChatRequest): Promise<EventReader> {
  const run = await runs.start(request, localCaller);
  const cancel = () => run.stop(cancellation());
  process.once("SIGINT", cancel);
  let isWritten = true;
  onOutputClosed((code) => {
    cancel();
    if (isWritten && code !== "EPIPE") failAtExit(code);
    isWritten = false;
  });
  return run.attach(0);
}

/** Whatever the answer ends with: it is not where it should be. */
function failAtExit(code = "unknown"): void {
  printError(`parley: the answer could not be written (${code})\n`);
  process.once("exit", () => void (process.exitCode = 1));
}

export function toExitCode(reason: FinishReason): number {
  if (reason === "error") return 1;
  return reason === "cancelled" ? 130 : 0;
}

export const cutAnswer = "parley: the answer was cut at its longest allowed length\n";
