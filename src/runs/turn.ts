import type { Clock } from "../lib/clock.ts";
import type { Message } from "../protocol/chat.ts";
import { ApiError } from "../protocol/errors.ts";
import type { EventOf, FinishReason, RunEvent, Usage } from "../protocol/events.ts";
import type { Pricing } from "../protocol/models.ts";
import type { Call, ProviderEvent } from "../providers/provider.ts";
import { costOf } from "../providers/prices.ts";
import type { Candidate } from "../routing/candidate.ts";
import type { ToolCallParser } from "./emulation/tool-calls.ts";
import type { Question } from "./question.ts";
import { createTally } from "./tally.ts";
import { createTextReader, type Said } from "./text-reader.ts";

/** What one question is answered, as events of the run. Most answers are one turn. */
export interface Turn {
  /** In batches. @throws what the provider threw, once all that it said before has been handed on */
  readonly events: AsyncGenerator<RunEvent[]>;
  /** How it ended, as the upstream says; known once its events have. */
  readonly finish: FinishReason;
  /** The model that really answers. */
  readonly model: string;
  /** When its first token came, by the clock. */
  readonly firstTokenAt: number | undefined;
  usage(): Usage | undefined;
  /** In US dollars: as the upstream tells it, else by this price. */
  cost(pricing: Pricing | undefined): number | undefined;
}

export interface TurnParts {
  readonly candidate: Candidate;
  /** Who answered so far. */
  readonly model: string;
  /** Makes the question, and what is asked in it. */
  readonly prepare: () => Promise<Prepared>;
  /** Keeps a medium, and gives what is shown of it. */
  readonly show: (event: Extract<ProviderEvent, { medium: unknown }>) => Promise<RunEvent>;
  readonly call: Omit<Call, "apiKey">;
  readonly clock: Clock;
  readonly note: (log: string) => void;
  /** Reads the calls of tools that the answer writes in words. */
  readonly callParser: ToolCallParser | undefined;
}

export interface Prepared {
  readonly messages: readonly Message[];
  readonly question: Question;
}

function isEvent(said: Said): said is RunEvent {
  return said.type !== "inline_picture";
}

/** Asks nothing until its events are read. */
export function createTurn({ candidate, prepare, show, call, clock, note, callParser, ...parts }: TurnParts): Turn {
  const { provider, apiKey, keyIndex } = candidate;
  const key = { ...(apiKey !== undefined && { apiKey }), ...(keyIndex !== undefined && { keyIndex }) };
  const tally = createTally();
  const text = createTextReader(clock, callParser);
  let { model } = parts;
  let firstTokenAt: number | undefined;
  let finish: FinishReason = "stop";
  let toldCost: number | undefined;
  let isReasoning = false;

  return {
    events: read(),
    get finish() {
      return finish;
    },
    get model() {
      return model;
    },
    get firstTokenAt() {
      return firstTokenAt;
    },
    usage: tally.usage,
    cost(pricing) {
      const usage = tally.usage();
      return toldCost ?? (usage && pricing && costOf(usage, pricing));
    },
  };

  async function* read(): AsyncGenerator<RunEvent[]> {
    let failure: { readonly thrown: unknown } | undefined;
    try {
      const { messages, question } = await prepare();
      tally.ask(messages);
      for await (const batch of question({ ...call, ...key })) {
        const said: Said[] = [];
        for (const event of batch) {
          if (event.type === "media") said.push(await show(event));
          else if (event.type === "preview") said.push(...(await show(event).then((shown) => [shown], withoutPreview)));
          else translate(event, said);
        }
        const events = said.every(isEvent) ? said : await showPictures(said);
        if (events.length > 0) yield count(events);
      }
    } catch (thrown) {
      failure = { thrown };
    }
    const rest: Said[] = [];
    text.end(rest);
    if (rest.length > 0) yield count(rest.every(isEvent) ? rest : await showPictures(rest));
    if (failure) throw failure.thrown;
  }

  function translate(event: Exclude<ProviderEvent, { medium: unknown }>, into: Said[]): void {
    switch (event.type) {
      case "content":
        if (isReasoning) into.push({ type: "reasoning", token: null, status: "" });
        isReasoning = false;
        if (event.urls) into.push(event);
        else text.push(event.content, into);
        return;
      case "reasoning":
        isReasoning = true;
        into.push(event);
        return;
      case "tool_calls":
      case "logprobs":
        into.push(event);
        return;
      case "model":
        if (event.model !== model) into.push(providerEvent({ provider, model: event.model }));
        model = event.model;
        return;
      case "state":
        into.push({ type: "conversation", conversation: { [provider.name]: event.state } });
        return;
      case "usage":
        toldCost = event.cost ?? toldCost;
        return tally.tell(event.usage);
      case "finish":
        finish = event.reason;
        return;
      case "status":
        into.push({ type: "reasoning", token: null, status: event.status });
        return;
      case "log":
        note(`${provider.name}: ${event.log}`);
    }
  }

  /** What is on its way may be missed. */
  function withoutPreview(): RunEvent[] {
    note(`${provider.name}: a preview could not be shown`);
    return [];
  }

  /** What is called a picture and is none stays what it was: text. */
  async function showPictures(said: readonly Said[]): Promise<RunEvent[]> {
    const events: RunEvent[] = [];
    for (const each of said) {
      if (isEvent(each)) events.push(each);
      else
        events.push(
          await show({ type: "media", medium: each.medium }).catch((thrown: unknown): RunEvent => {
            if (!(thrown instanceof ApiError) || thrown.reason !== "no_media") throw thrown;
            note(`${provider.name}: a picture in its text could not be read`);
            return { type: "content", content: each.text };
          }),
        );
    }
    return events;
  }

  function count(events: RunEvent[]): RunEvent[] {
    for (const event of events) {
      if (event.type === "content" || event.type === "tool_calls" || (event.type === "reasoning" && event.token))
        firstTokenAt ??= clock();
      tally.add(event);
    }
    return events;
  }
}

export function providerEvent({
  provider: { name, url, label },
  model,
}: Pick<Candidate, "provider" | "model">): EventOf<"provider"> {
  return { type: "provider", provider: { name, url, label, model } };
}
