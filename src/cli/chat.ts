import { Command } from "commander";
import { ConfigError } from "../config/error.ts";
import { onOutputClosed, print, printAside, printError } from "../lib/log.ts";
import { localCaller } from "../protocol/caller.ts";
import type { RunEvent } from "../protocol/events.ts";
import { cancellation } from "../runs/live-run.ts";
import { openServices } from "../services.ts";
import { readConfigOnce, withSettings } from "./settings.ts";

interface ChatOptions {
  readonly model?: string;
  readonly provider?: string;
  readonly system?: string;
  readonly json?: boolean;
}

export function chatCommand(): Command {
  const command = new Command("chat")
    .description("ask a question in the terminal; no server is needed")
    .argument("[prompt...]", "the question; without one, or with -, it is read from standard input")
    .option("-m, --model <name>", "the model; without it the provider's default")
    .option("-p, --provider <name>", "the provider; without it the router chooses")
    .option("-s, --system <text>", "how the model shall answer")
    .option("--json", "print the events, one JSON object a line")
    .action(async (words: string[], options: ChatOptions & Record<string, unknown>) => {
      // The terminal belongs to the answer: only what matters is logged unless more was asked for.
      const config = readConfigOnce({ logLevel: "warn", ...options });
      const content = await readQuestion(words);
      await using services = openServices(config);
      const { model = null, provider = null, system } = options;
      const messages = [
        ...(system ? [{ role: "system" as const, content: system }] : []),
        { role: "user" as const, content },
      ];
      const run = await services.runs.start({ model, provider, messages }, localCaller);
      const cancel = () => run.stop(cancellation());
      process.once("SIGINT", cancel);
      onOutputClosed(cancel);
      for await (const batch of run.attach(0)) {
        for (const { event } of batch) show(event, options.json ?? false);
      }
    });
  return withSettings(command);
}

async function readQuestion(words: readonly string[]): Promise<string> {
  const isPiped = words.join() === "-" || (words.length === 0 && !process.stdin.isTTY);
  const question = isPiped ? await Bun.stdin.text() : words.join(" ");
  if (question.trim() === "") throw new ConfigError('the question is empty: parley chat "What can you do?"');
  return question;
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
  if (reason === "length" && !asJson) printError("parley: the answer was cut at its longest allowed length\n");
  process.exitCode = reason === "error" ? 1 : reason === "cancelled" ? 130 : 0;
}
