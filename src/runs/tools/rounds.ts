import { mapParallel } from "../../lib/parallel.ts";
import { countTokens } from "../../lib/text.ts";
import type { ChatRequest, Message } from "../../protocol/chat.ts";
import type { EventOf, RunEvent } from "../../protocol/events.ts";
import { noStatus } from "../search/status.ts";
import type { Trace } from "../trace.ts";
import type { Turn } from "../turn.ts";
import { createCallSorter, type OurCall } from "./call-sorter.ts";
import { createNews } from "./news.ts";
import type { Offer } from "./offer.ts";
import { toResults } from "./results.ts";
import { lastWords, whySpent } from "./spent.ts";
import type { ToolKind, Wish, WishParts } from "./tool-kind.ts";

/** The calls of one answer: between its turns the model is given what it asked of our tools. */
export interface Rounds {
  /** What the first question is asked with. */
  readonly first: Added;
  /** Of what comes in a turn, what the caller is shown. */
  watch(batch: readonly RunEvent[]): RunEvent[];
  /** Does what the model asked for in a turn, and gives what the next one is asked with: `undefined` where the answer is over. */
  follow(turn: Turn): AsyncGenerator<RunEvent[], Added | undefined>;
  /** Whether it asked for what was not done any more. */
  readonly hasDropped: boolean;
}

/** What a question is asked with, beside the messages of the run. */
export interface Added {
  readonly request: ChatRequest;
  /** Calls and their results, which follow the messages. */
  readonly messages: readonly Message[];
  /** What the answer has taken before, and what the messages do not show of it, in tokens. */
  readonly tokens: number;
}

export interface RoundsParts extends Pick<WishParts, "signal" | "seesPictures"> {
  readonly offer: Offer;
  /** How many tokens a prompt may have, for the model to read it and to answer. */
  readonly maxTokens: number;
  /** What is called is noted there. */
  readonly trace: Pick<Trace, "call">;
  readonly note: (log: string) => void;
}

/** Of one turn; arbitrary: who compares two things in two places looks for four. */
const maxCalls = 5;
/** Of all calls of a turn, in characters of JSON: with longer ones a model has run wild. They would all be sent back. */
const maxCallsLength = 100_000;

export function createRounds(parts: RoundsParts): Rounds {
  const { offer, maxTokens, signal, seesPictures, trace, note } = parts;
  const kinds = [...new Set(offer.kinds.values())];
  const maxRounds = Math.max(...kinds.map((kind) => kind.maxRounds));
  /** How often each was gone back to. */
  const rounds = new Map(kinds.map((kind) => [kind, 0]));
  // What is said of one kind is not true of several.
  const last = kinds.length === 1 ? kinds[0] : undefined;
  let sorter = createCallSorter(offer.kinds);
  let text = "";
  let thought = "";
  let state: EventOf<"conversation">["conversation"] = {};
  let hasDropped = false;
  /** What was said before was no whole paragraph. */
  let isBroken = false;
  let round = 0;
  let isLast = false;
  const toolTokens = countTokens(JSON.stringify(offer.request.tools));
  let added: Added = { request: offer.request, messages: [], tokens: toolTokens };

  return {
    first: added,
    get hasDropped() {
      return hasDropped;
    },
    watch: (batch) => batch.flatMap(show),
    async *follow(turn) {
      const { ours } = sorter;
      const why = ours.length === 0 ? undefined : whyNot(turn);
      if (why !== undefined) note(`${labelsOf(ours)}: what the model asked for was not done: ${why}`);
      hasDropped = why !== undefined;
      if (ours.length === 0 || hasDropped) {
        const told = { type: "conversation", conversation: state } as const;
        yield [...(hasDropped ? [noStatus] : []), ...(Object.keys(state).length > 0 ? [told] : [])];
        return undefined;
      }
      const wishes = ours.slice(0, maxCalls).flatMap(toWish);
      for (const kind of kindsOf(ours)) rounds.set(kind, (rounds.get(kind) ?? 0) + 1);
      const statuses = wishes.flatMap(({ shown }) => shown);
      if (statuses.length > 0) yield statuses;
      const news = createNews();
      const granting = mapParallel(wishes, maxCalls, (wish) =>
        wish.grant({ signal, seesPictures, show: news.add }),
      ).finally(news.end);
      // Whoever stops reading in between has aborted the signal, too.
      granting.catch(() => {});
      yield* news.events;
      const granted = await granting;
      const { total_tokens = 0, prompt_tokens = 0 } = turn.usage() ?? {};
      const results = toResults(ours, granted, {
        maxTokens: maxTokens - total_tokens,
        isLast: ++round >= maxRounds,
        lastWords: last?.lastWords ?? lastWords,
      });
      ({ isLast } = results);
      added = {
        request: {
          ...(isLast ? offer.last : offer.request),
          conversation: { ...added.request.conversation, ...state },
        },
        messages: [...added.messages, toMessage(ours), ...results.messages],
        tokens: added.tokens + prompt_tokens + countTokens(JSON.stringify(ours)),
      };
      sorter = createCallSorter(offer.kinds);
      isBroken = /\S$/.test(text) || (isBroken && text === "");
      text = thought = "";
      state = {};
      yield [noStatus];
      return added;
    },
  };

  function show(event: RunEvent): RunEvent[] {
    switch (event.type) {
      case "content":
        return [...(event.urls ? [] : readText(event.content)), event];
      case "reasoning":
        thought += event.token ?? "";
        return [event];
      case "conversation":
        // What belongs to our own calls is of no use to the caller.
        state = { ...state, ...event.conversation };
        return [];
      case "tool_calls": {
        const known = sorter.ours.length;
        const shown = sorter.sort(event);
        const [first] = known === 0 ? sorter.ours : [];
        const status = first && offer.kinds.get(first.name)?.status;
        return status ? [...shown, status] : shown;
      }
      default:
        return [event];
    }
  }

  /** Gives what parts it from what was said before a call. */
  function readText(content: string): EventOf<"content">[] {
    const isFirst = text === "" && isBroken;
    text += content;
    return isFirst && !content.startsWith("\n") ? [{ type: "content", content: "\n\n" }] : [];
  }

  function whyNot({ finish }: Turn): string | undefined {
    if (sorter.shown > 0) return "it called tools of the caller's as well";
    if (finish !== "stop" && finish !== "tool_calls") return `its turn ended with ${finish}`;
    if (isLast) return last?.whySpent ?? whySpent;
    return JSON.stringify(sorter.ours).length > maxCallsLength ? "its calls are too long, or too many" : undefined;
  }

  /** Of what was called as often as it may nothing more is done, though another kind may still be. */
  function toWish(call: OurCall): Wish[] {
    return kindsOf([call]).map((kind) =>
      (rounds.get(kind) ?? 0) < kind.maxRounds
        ? traced(kind.read(call), call)
        : { shown: [], grant: async () => () => `Not done. ${kind.lastWords}` },
    );
  }

  function traced(wish: Wish, { name }: OurCall): Wish {
    return {
      ...wish,
      grant(given) {
        const ended = trace.call(name);
        return wish.grant(given).finally(ended);
      },
    };
  }

  function kindsOf(calls: readonly OurCall[]): readonly ToolKind[] {
    return [...new Set(calls.flatMap(({ name }) => offer.kinds.get(name) ?? []))];
  }

  function labelsOf(calls: readonly OurCall[]): string {
    return kindsOf(calls)
      .map(({ label }) => label)
      .join(", ");
  }

  function toMessage(calls: readonly OurCall[]): Message {
    const message: Message = {
      role: "assistant",
      content: text === "" ? null : text,
      tool_calls: calls.map(({ id, name, arguments: args }) => ({
        id,
        type: "function",
        function: { name, arguments: args },
      })),
    };
    // Some vendors want their thinking back beside the calls that it led to.
    return thought === "" ? message : Object.assign(message, { reasoning_content: thought });
  }
}
