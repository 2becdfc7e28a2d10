import type { Command } from "commander";
import { print, printAside, printError } from "../lib/log.ts";
import type { RunEvent } from "../protocol/events.ts";
import { openServices } from "../services.ts";
import {
  cutAnswer,
  questionCommand,
  type QuestionOptions,
  readAnswer,
  readQuestion,
  toExitCode,
  toMessages,
} from "./question.ts";
import { readConfigOnce, withSettings } from "./settings.ts";

interface ChatOptions extends QuestionOptions {
  readonly json?: boolean;
}

export function chatCommand(): Command {
  const command = questionCommand("chat")
    .description("ask a question in the terminal; no server is needed")
    .option("--json", "print the events, one JSON object a line")
    .action(async (words: string[], options: ChatOptions & Record<string, unknown>) => {
      // The terminal belongs to the answer: only what matters is logged unless more was asked for.
      const config = readConfigOnce({ logLevel: "warn", ...options });
      const question = await readQuestion("chat", words);
      await using services = openServices(config);
      const { model = null, provider = null, system } = options;
      const messages = toMessages(question, system);
      for await (const batch of await readAnswer(services, { model, provider, messages })) {
        for (const { event } of batch) show(event, options.json ?? false);
      }
    });
  return withSettings(command);
}

function show(event: RunEvent, asJson: boolean): void {
  if (asJson) print(`${JSON.stringify(event)}\n`);
  else if (event.type === "content") print(event.content);
  else if (event.type === "reasoning") printAside(event.token ?? (event.status === "" ? "\n" : ""));
  else if (event.type === "tool_calls") print(`${JSON.stringify(event.tool_calls)}\n`);
  else if (event.type === "message") printError(`parley: ${event.message}\n`);
  else if (event.type === "error" || event.type === "auth") printError(`parley: ${event.message}\n`);
  if (event.type !== "finish") return;
  const { reason } = event.finish;
  if (!asJson) print("\n");
  if (reason === "length" && !asJson) printError(cutAnswer);
  process.exitCode = toExitCode(reason);
}
