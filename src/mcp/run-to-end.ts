import { createTokenCounter } from "../lib/text.ts";
import type { ChatRequest } from "../protocol/chat.ts";
import type { EventOf, RunEvent } from "../protocol/events.ts";
import { mapEvents } from "../runs/map-events.ts";
import { readWhole, type WholeAnswer } from "../runs/plain-read.ts";
import type { ToolContext } from "./tool.ts";

export interface RunAnswer extends WholeAnswer {
  readonly provider: string;
  readonly model: string;
  readonly usage: EventOf<"usage"> | undefined;
}

/**
 * One run, whose way is reported while it goes; it ends with its caller.
 *
 * @throws {ApiError} as `Runs.start` and `readWhole` @throws the signal's reason
 */
export async function runToEnd(request: ChatRequest, context: ToolContext): Promise<RunAnswer> {
  const { parts, caller, signal, report } = context;
  const run = await parts.runs.start(request, caller, signal);
  const tell = createTeller(report);
  let usage: EventOf<"usage"> | undefined;
  const watched = mapEvents(run.attach(0), (batch) => {
    for (const { event } of batch) {
      if (event.type === "usage") usage = event;
      tell(event);
    }
    return batch;
  });
  const whole = await readWhole(watched, signal);
  const { provider, model } = run.info();
  return { ...whole, provider: provider ?? "", model: model ?? "", usage };
}

/** Whoever is told of each token does nothing else; arbitrary. */
const tokensEveryMs = 250;

/** Says in words what a run does: what it is at, and how many tokens have come. */
function createTeller(report: (message: string) => void): (event: RunEvent) => void {
  const counter = createTokenCounter();
  let toldAt = -Infinity;
  return (event) => {
    switch (event.type) {
      case "provider":
        if (event.provider.model) report(`${event.provider.name} is asked: ${event.provider.model}`);
        return;
      case "message":
        return report(event.message);
      case "preview":
        return report("there is a first view of the picture");
      case "reasoning":
        if (event.status) report(event.label ? `${event.label}: ${event.status}` : event.status);
        return count(event.token ?? "");
      case "content":
        if (event.urls === undefined && event.data === undefined) count(event.content);
    }
  };

  function count(text: string): void {
    if (text === "") return;
    counter.add(text);
    const now = performance.now();
    if (now - toldAt < tokensEveryMs) return;
    toldAt = now;
    report(counter.tokens === 1 ? "1 token so far" : `${counter.tokens} tokens so far`);
  }
}
