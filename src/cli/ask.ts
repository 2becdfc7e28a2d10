import type { Command } from "commander";
import { print, printAside, printError } from "../lib/log.ts";
import type { NumberedEvent, RunEvent } from "../protocol/events.ts";
import { createPlainAnswer, type PlainPiece } from "../runs/plain-answer.ts";
import { toBlock, toBlockFilter, toJson } from "../runs/quick/quick-answer.ts";
import { isSourceList } from "../runs/search/earlier-sources.ts";
import { openServices, type Services } from "../services.ts";
import { createAttachments } from "./attachments.ts";
import { toMediaPath } from "./media-path.ts";
import { withExamples } from "./examples.ts";
import {
  cutAnswer,
  questionCommand,
  type QuestionOptions,
  readAnswer,
  readQuestion,
  toExitCode,
  toMessages,
  toQuestion,
} from "./question.ts";
import { readConfigOnce, withSettings } from "./settings.ts";

interface AskOptions extends QuestionOptions {
  readonly json?: boolean;
  readonly filter?: string;
}

export function askCommand(): Command {
  const command = questionCommand("ask")
    .description("the answer to a question, and nothing else: for scripts; no server is needed")
    .option("--json", "print the JSON of the answer alone")
    .option("--filter <languages>", "print its first block of code alone: of these languages, or `true` for any")
    .action(async (words: string[], options: AskOptions & Record<string, unknown>) => {
      const config = readConfigOnce({ logLevel: "warn", ...options });
      const { model = null, provider = null, system, json, filter = "" } = options;
      const { text, sources, web_search } = await readQuestion("ask", words, options);
      await using services = openServices(config);
      await using attachments = createAttachments(services, false);
      const messages = toMessages(await toQuestion(text, sources, attachments), system);
      const answer = await readAnswer(services, { model, provider, messages, ...(web_search && { web_search }) });
      const events = web_search ? tellingWhyUnsourced(answer) : answer;
      const wanted = toBlockFilter(filter);
      if (json) await printPart(events, toJson, "the answer holds no JSON");
      else if (wanted) await printPart(events, (pieces) => toBlock(pieces, wanted), "the answer holds no such block");
      else await printPieces(events, services);
    });
  withExamples(
    command,
    {
      'parley ask "What is a monad?" > answer.md': "the answer alone, into a file",
      'parley ask --web "What is new in SQLite?"': "from pages of the web, which it cites",
      'git diff | parley ask -s "Write a commit message." -': "about what is piped in",
      'parley ask --filter js "Sort a list in JavaScript."': "its first block of code",
    },
    "Exit code 1 where it fails. To talk on: parley chat",
  );
  return withSettings(command);
}

/** As it comes. */
async function printPieces(events: AsyncIterable<readonly NumberedEvent[]>, services: Services): Promise<void> {
  const answer = createPlainAnswer();
  for await (const batch of events) {
    showAside(batch);
    for (const { is, text } of answer.add(batch)) print(is === "medium" ? await toPath(text) : text);
  }
  if (answer.hasWords || answer.media.length > 0) print("\n");

  async function toPath(line: string): Promise<string> {
    const path = await toMediaPath(services, line.trim());
    return line.replace(line.trim(), () => path);
  }
}

/** A part of it, once it has ended well. */
async function printPart(
  events: AsyncIterable<readonly NumberedEvent[]>,
  toPart: (pieces: readonly PlainPiece[]) => string | undefined,
  none: string,
): Promise<void> {
  const answer = createPlainAnswer();
  const pieces: PlainPiece[] = [];
  for await (const batch of events) {
    showAside(batch);
    pieces.push(...answer.add(batch));
  }
  if (process.exitCode !== 0) return;
  const part = toPart(pieces);
  if (part) return print(`${part}\n`);
  printError(`parley: ${none}\n`);
  process.exitCode = 1;
}

/** Whoever wanted the web to be searched takes the answer for one from there: where it is not, the run's notes say why. */
async function* tellingWhyUnsourced(
  events: AsyncIterable<readonly NumberedEvent[]>,
): AsyncGenerator<readonly NumberedEvent[]> {
  const notes: string[] = [];
  let isSourced = false;
  for await (const batch of events) {
    for (const { event } of batch) {
      if (event.type === "content") isSourced ||= isSourceList(event);
      if (event.type === "log" && event.log.startsWith("web search: ")) notes.push(event.log);
    }
    yield batch;
  }
  if (!isSourced) for (const note of notes) printError(`parley: ${note}\n`);
}

/** What is no part of the answer. */
function showAside(batch: readonly NumberedEvent[]): void {
  for (const { event } of batch) show(event);
}

function show(event: RunEvent): void {
  switch (event.type) {
    case "reasoning":
      if (event.status) printAside(`${event.status}\n`);
      return;
    case "message":
    case "error":
    case "auth":
      printError(`parley: ${event.message}\n`);
      return;
    case "finish":
      if (event.finish.reason === "length") printError(cutAnswer);
      process.exitCode = toExitCode(event.finish.reason);
  }
}
