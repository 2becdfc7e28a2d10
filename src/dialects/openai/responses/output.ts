import type { EventOf, RunEvent, TokenLogprob, ToolCall } from "../../../protocol/events.ts";
import { outputItemId } from "./ids.ts";

type ItemStatus = "in_progress" | "completed" | "incomplete";
type Kind = "reasoning" | "message" | "function_call";

/** An item of an answer (https://platform.openai.com/docs/api-reference/responses/object#responses/object-output). */
export type OutputItem = ReturnType<typeof toItem>;

/** Is told each step of an answer, as the event of that name tells it. */
export interface Telling {
  tell(type: string, fields: object): void;
  /** A token. Of the same item it is always the same `place`. */
  tellDelta(type: string, place: Place, delta: string, logprobs: readonly TokenLogprob[] | undefined): void;
}

/** Where a piece of an answer belongs: each item has one part. */
export interface Place {
  readonly item_id: string;
  readonly output_index: number;
  readonly content_index?: 0;
  readonly summary_index?: 0;
}

/** The items of an answer as they grow. The same events make the same items and steps, however they come in batches. */
export interface Output {
  add(event: RunEvent): void;
  /** Whatever is open ends so. */
  close(status: "completed" | "incomplete"): void;
  read(): OutputItem[];
}

interface Piece {
  readonly kind: Kind;
  readonly place: Place;
  readonly callId: string;
  readonly name: string;
  text: string;
  /** Of its text, where they were asked for. */
  readonly logprobs: TokenLogprob[];
  status: ItemStatus;
}

/** A call of which something has come. Without a name it is nothing that can be told. */
interface Call {
  id: string;
  name: string;
  /** What came before its name. */
  waiting: string;
  piece: Piece | undefined;
}

export function createOutput(
  responseId: string,
  toText: (event: EventOf<"content">) => string,
  telling?: Telling,
): Output {
  const tell = (type: string, fields: object) => telling?.tell(type, fields);
  const pieces: Piece[] = [];
  /** What is said or thought, until something else comes. */
  let open: Piece | undefined;
  /** By their index. Their pieces may come side by side, and words between them: each is open to the end. */
  const calls = new Map<number, Call>();
  const callIds = new Set<string>();

  return {
    add(event) {
      if (event.type === "content") say("message", toText(event));
      else if (event.type === "reasoning") say("reasoning", event.token ?? "");
      else if (event.type === "tool_calls") event.tool_calls.forEach(addCall);
      else if (event.type === "logprobs" && event.logprobs.length > 0) grow(openAs("message"), "", event.logprobs);
    },
    close(status) {
      endOpen(status);
      for (const { piece } of calls.values()) if (piece) end(piece, status);
      calls.clear();
    },
    read: () => pieces.map((piece) => toItem(piece)),
  };

  function say(kind: "message" | "reasoning", text: string): void {
    if (text !== "") grow(openAs(kind), text);
  }

  function openAs(kind: "message" | "reasoning"): Piece {
    if (open?.kind === kind) return open;
    endOpen("completed");
    return (open = start(kind));
  }

  function addCall({ index = calls.size, id, function: { name, arguments: text = "" } }: ToolCall): void {
    endOpen("completed");
    const call = calls.get(index) ?? { id: "", name: "", waiting: "", piece: undefined };
    calls.set(index, call);
    call.id ||= id ?? "";
    call.name ||= name ?? "";
    call.waiting += text;
    if (call.name === "") return;
    call.piece ??= start("function_call", call.id, call.name);
    if (call.waiting !== "") grow(call.piece, call.waiting);
    call.waiting = "";
  }

  function start(kind: Kind, callId = "", name = ""): Piece {
    const index = pieces.length;
    const piece: Piece = {
      kind,
      place: toPlace(kind, outputItemId(prefixes[kind], responseId, index), index),
      // Their client takes each for one call, and some vendors give all of them the same.
      callId: callId === "" || callIds.has(callId) ? outputItemId("call", responseId, index) : callId,
      name,
      text: "",
      logprobs: [],
      status: "in_progress",
    };
    pieces.push(piece);
    callIds.add(callId);
    tell("response.output_item.added", { output_index: index, item: toItem(piece) });
    if (kind === "message") tell("response.content_part.added", { ...piece.place, part: toTextPart("", []) });
    if (kind === "reasoning") tell("response.reasoning_summary_part.added", { ...piece.place, part: toSummary("") });
    return piece;
  }

  function grow(piece: Piece, text: string, logprobs: readonly TokenLogprob[] = none): void {
    const { kind, place } = piece;
    piece.text += text;
    // Not spread: there may be more of them than a function takes arguments.
    for (const each of logprobs) piece.logprobs.push(each);
    telling?.tellDelta(deltas[kind], place, text, kind === "message" ? logprobs : undefined);
  }

  function endOpen(status: ItemStatus): void {
    if (open) end(open, status);
    open = undefined;
  }

  /** Of a call that was cut no end is told: there are clients that would call what is there of it. */
  function end(piece: Piece, status: ItemStatus): void {
    piece.status = status;
    const { kind, text, logprobs } = piece;
    if (kind === "function_call" && status === "incomplete") return;
    if (kind === "function_call")
      tell("response.function_call_arguments.done", { ...piece.place, name: piece.name, arguments: text });
    if (kind === "message") {
      tell("response.output_text.done", { ...piece.place, text, logprobs });
      tell("response.content_part.done", { ...piece.place, part: toTextPart(text, logprobs) });
    }
    if (kind === "reasoning") {
      tell("response.reasoning_summary_text.done", { ...piece.place, text });
      tell("response.reasoning_summary_part.done", { ...piece.place, part: toSummary(text) });
    }
    tell("response.output_item.done", { output_index: piece.place.output_index, item: toItem(piece) });
  }
}

const prefixes = { reasoning: "rs", message: "msg", function_call: "fc" } as const;

const deltas: Readonly<Record<Kind, string>> = {
  reasoning: "response.reasoning_summary_text.delta",
  message: "response.output_text.delta",
  function_call: "response.function_call_arguments.delta",
};

const none: readonly TokenLogprob[] = [];

function toPlace(kind: Kind, item_id: string, output_index: number): Place {
  if (kind === "function_call") return { item_id, output_index };
  return kind === "message" ? { item_id, output_index, content_index: 0 } : { item_id, output_index, summary_index: 0 };
}

function toItem({ kind, place: { item_id: id }, callId, name, text, logprobs, status }: Piece) {
  switch (kind) {
    case "message": {
      const content = text === "" ? [] : [toTextPart(text, logprobs)];
      return { id, type: "message" as const, status, role: "assistant" as const, content };
    }
    case "reasoning":
      return { id, type: "reasoning" as const, summary: text === "" ? [] : [toSummary(text)] };
    case "function_call":
      return { id, type: "function_call" as const, status, arguments: text, call_id: callId, name };
  }
}

function toTextPart(text: string, logprobs: readonly TokenLogprob[]) {
  return { type: "output_text" as const, annotations: [], logprobs, text };
}

function toSummary(text: string) {
  return { type: "summary_text" as const, text };
}
