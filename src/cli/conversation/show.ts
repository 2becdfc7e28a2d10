import { print, printAside, printError } from "../../lib/log.ts";
import type { EventOf, NumberedEvent, RunEvent } from "../../protocol/events.ts";
import { createPlainAnswer } from "../../runs/plain-answer.ts";
import type { Services } from "../../services.ts";
import { toMediaPath } from "../media-path.ts";
import { cutAnswer } from "../question.ts";
import type { Show } from "./conversation.ts";
import { toTokens } from "./spent.ts";

/** Shows one answer as it comes: its words, where its media lie, and faintly what is beside it. */
export function createShow(services: Pick<Services, "store">): Show {
  const answer = createPlainAnswer();
  /** What the line that is written on holds. */
  let line: "nothing" | "answer" | "aside" = "nothing";
  let status = "";
  let provider: EventOf<"provider">["provider"] | undefined;
  let used: EventOf<"usage"> | undefined;

  return async (events) => {
    for (const event of events) {
      for (const { is, text } of answer.add([event]))
        write(is === "medium" ? text.replace(/\S.*/, await toMediaPath(services, text.trim())) : text);
      show(event);
    }
  };

  function show({ event }: NumberedEvent): void {
    switch (event.type) {
      case "provider":
        provider = { ...provider, ...event.provider };
        return;
      case "reasoning":
        return showReasoning(event);
      case "tool_calls":
        return write(`${JSON.stringify(event.tool_calls)}\n`);
      case "message":
        return say(event.message);
      case "log":
        // Whoever wanted the web to be searched hears why it was not.
        return event.log.startsWith("web search: ") ? noteLine(event.log) : undefined;
      case "error":
      case "auth":
        return say(event.message);
      case "usage":
        used = event;
        return;
      case "finish":
        return end(event.finish.reason);
    }
  }

  function showReasoning({ token, status: next, label }: EventOf<"reasoning">): void {
    if (token) {
      if (line === "answer") endLine();
      printAside(token);
      line = token.endsWith("\n") ? "nothing" : "aside";
    }
    if (next === undefined) return;
    const told = label ? `${label}: ${next}` : next;
    if (next === "") status = "";
    else if (told !== status) noteLine((status = told));
  }

  function end(reason: EventOf<"finish">["finish"]["reason"]): void {
    if (line === "aside") endLine();
    if (!answer.hasWords && answer.media.length === 0 ? reason === "stop" : line !== "nothing") write("\n");
    if (reason === "length") printError(cutAnswer);
    if (reason === "cancelled") noteLine("cancelled");
    const who = [provider?.name, provider?.model].filter(Boolean).join("/");
    const spent = used && toTokens(used.usage, used.usage.estimated === true, used.cost);
    if (reason !== "error") noteLine([who, spent].filter(Boolean).join(" · "));
  }

  function write(text: string): void {
    if (line === "aside") endLine();
    print(text);
    line = text.endsWith("\n") ? "nothing" : "answer";
  }

  function say(text: string): void {
    endLine();
    printError(`parley: ${text}\n`);
  }

  function noteLine(text: string): void {
    endLine();
    printAside(`${text}\n`);
  }

  /** Where both are a terminal's: elsewhere nothing stands between the words of an answer. */
  function endLine(): void {
    if (line !== "nothing") printAside("\n");
    line = "nothing";
  }
}

/** The events as they are. */
export async function showJson(events: readonly NumberedEvent[]): Promise<void> {
  for (const { event } of events) print(`${toLine(event)}\n`);
}

function toLine(event: RunEvent): string {
  return JSON.stringify(event);
}
