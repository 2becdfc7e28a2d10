import type { ChatRequest } from "../protocol/chat.ts";
import type { FinishReason, RunEvent, Usage } from "../protocol/events.ts";
import { sumUsage } from "../protocol/usage-sum.ts";
import type { Prices } from "../providers/prices.ts";
import type { Candidate } from "../routing/candidate.ts";
import type { ToolCallParser } from "./emulation/tool-calls.ts";
import type { Added, Rounds } from "./tools/rounds.ts";
import { sumCosts } from "./tally.ts";
import { createTurn, type Prepared, type Turn, type TurnParts } from "./turn.ts";

/** What one candidate says, as events of the run. */
export interface Answer {
  readonly candidate: Candidate;
  /** In batches. @throws what the provider threw, once all that it said before has been handed on */
  readonly events: AsyncGenerator<RunEvent[]>;
  /** How it ended; known once its events have. */
  readonly finish: FinishReason;
  /** The model that really answers. */
  readonly model: string;
  /** When its first token came, by the clock. */
  readonly firstTokenAt: number | undefined;
  /** Of all that was asked for it. */
  usage(): Usage | undefined;
  /** In US dollars: as the upstream tells it, else by the model's price; `undefined` where neither is known. */
  cost(prices: Prices): number | undefined;
}

export interface AnswerParts extends Omit<TurnParts, "model" | "prepare" | "callParser"> {
  readonly request: ChatRequest;
  /** Makes a question with what the calls of the answer have added so far. */
  readonly prepare: (added: Added) => Promise<Prepared>;
  /** For an answer that writes calls of tools in words. */
  readonly createCallParser?: () => ToolCallParser;
  /** What it is asked with, where it is more than one question: the model may call tools of ours. */
  readonly rounds?: Rounds | undefined;
}

/** Asks nothing until its events are read. */
export function createAnswer({ request, prepare, createCallParser, rounds, ...parts }: AnswerParts): Answer {
  const { candidate } = parts;
  const first = rounds?.first ?? { request, messages: [], tokens: 0 };
  const turns: Turn[] = [];
  let hasCalls = false;

  return {
    candidate,
    events: read(),
    get finish() {
      const told = turns.at(-1)?.finish ?? "stop";
      if (told === "tool_calls" && rounds?.hasDropped && !hasCalls) return "stop";
      return told === "stop" && hasCalls ? "tool_calls" : told;
    },
    get model() {
      return turns.at(-1)?.model ?? candidate.model;
    },
    get firstTokenAt() {
      return turns.find(({ firstTokenAt }) => firstTokenAt !== undefined)?.firstTokenAt;
    },
    usage: () => sumUsage(turns.map((turn) => turn.usage())),
    cost(prices) {
      const names = [this.model, candidate.model];
      const pricing = prices.find(candidate.provider.name, names, candidate.pricing);
      return sumCosts(turns.filter((turn) => turn.usage() !== undefined).map((turn) => turn.cost(pricing)));
    },
  };

  async function* read(): AsyncGenerator<RunEvent[]> {
    for (let added: Added | undefined = first; added;) {
      const turn = ask(added);
      for await (const batch of turn.events) {
        const shown = rounds ? rounds.watch(batch) : batch;
        hasCalls ||= shown.some(({ type }) => type === "tool_calls");
        if (shown.length > 0) yield shown;
      }
      added = rounds && (yield* rounds.follow(turn));
    }
  }

  function ask(added: Added): Turn {
    const turn = createTurn({
      ...parts,
      model: turns.at(-1)?.model ?? candidate.model,
      prepare: () => prepare(added),
      callParser: createCallParser?.(),
    });
    turns.push(turn);
    return turn;
  }
}
