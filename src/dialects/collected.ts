import type { ApiError } from "../protocol/errors.ts";
import type {
  EventOf,
  FinishReason,
  NumberedEvent,
  RunEvent,
  TokenLogprob,
  ToolCall,
  Usage,
} from "../protocol/events.ts";
import { fromFailureEvent } from "../protocol/failure-event.ts";

/** All that an answer says, for those who take it whole. */
export interface Collected {
  readonly text: string;
  readonly reasoning: string;
  /** Of the caller's tools. */
  readonly calls: readonly CollectedCall[];
  /** Of the tokens of the text, where they were asked for. */
  readonly logprobs: readonly TokenLogprob[];
  /** The same in the order in which it came. */
  readonly blocks: readonly CollectedBlock[];
  readonly usage: Usage | undefined;
  readonly reason: FinishReason | undefined;
  /** What ended it, where it failed. */
  readonly failure: ApiError | undefined;
  readonly provider: string;
  readonly model: string;
}

export interface CollectedCall {
  readonly id: string;
  readonly name: string;
  /** JSON. */
  readonly arguments: string;
}

/** What was said, or thought, in one go; or a call, where its first piece came. */
export type CollectedBlock =
  | { readonly type: "text" | "reasoning"; readonly text: string }
  | { readonly type: "call"; readonly call: CollectedCall };

export interface Collector {
  add(events: readonly NumberedEvent[]): void;
  /** How much it is so far, in characters. */
  readonly length: number;
  /** As far as it has come. */
  read(): Collected;
}

/** @param toText what a piece of the answer says */
export function createCollector(toText: (event: EventOf<"content">) => string): Collector {
  let text = "";
  let reasoning = "";
  let callsLength = 0;
  let usage: Usage | undefined;
  let reason: FinishReason | undefined;
  let failure: ApiError | undefined;
  let answerer = { provider: "", model: "" };
  const logprobs: TokenLogprob[] = [];
  /** By their index, which is the vendor's and may be any number. */
  const calls = new Map<number, { id: string; name: string; arguments: string }>();
  const blocks: CollectedBlock[] = [];
  return {
    add(events) {
      for (const { event } of events) take(event);
    },
    get length() {
      return text.length + reasoning.length + callsLength;
    },
    read: () => ({
      text,
      reasoning,
      usage,
      reason,
      failure,
      ...answerer,
      logprobs,
      blocks,
      calls: [...calls].sort(([a], [b]) => a - b).map(([, call]) => call),
    }),
  };

  function take(event: RunEvent): void {
    switch (event.type) {
      case "content":
        text += extend("text", toText(event));
        return;
      case "reasoning":
        reasoning += extend("reasoning", event.token ?? "");
        return;
      case "tool_calls":
        return event.tool_calls.forEach(addCall);
      case "logprobs":
        // Not spread: there may be more of them than a function takes arguments.
        for (const each of event.logprobs) logprobs.push(each);
        return;
      case "provider":
        answerer = { provider: event.provider.name, model: event.provider.model ?? "" };
        return;
      case "usage":
        usage = event.usage;
        return;
      case "finish":
        reason = event.finish.reason;
        return;
      case "error":
      case "auth":
        failure = fromFailureEvent(event);
    }
  }

  /** Gives the piece. */
  function extend(type: "text" | "reasoning", piece: string): string {
    const last = blocks.at(-1);
    if (piece === "") return piece;
    if (last?.type === type) blocks[blocks.length - 1] = { type, text: last.text + piece };
    else blocks.push({ type, text: piece });
    return piece;
  }

  function addCall({ index = calls.size, id, function: { name, arguments: piece = "" } }: ToolCall): void {
    let call = calls.get(index);
    if (!call) {
      call = { id: "", name: "", arguments: "" };
      calls.set(index, call);
      blocks.push({ type: "call", call });
    }
    call.id ||= id ?? "";
    call.name ||= name ?? "";
    call.arguments += piece;
    callsLength += piece.length;
  }
}
