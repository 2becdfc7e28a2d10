import { arrayAt, at, textAt } from "../../lib/json.ts";
import type { ToolCall } from "../../protocol/events.ts";

/** What was thought before tools were called: sent back with their results, it spares the model thinking it again. */
export interface State {
  readonly model: string;
  readonly turns: readonly Turn[];
}

export interface Turn {
  readonly tool_call_ids: readonly string[];
  readonly thinking: readonly Thought[];
  /** The vendor's word for what was said before the calls; later models want it back. */
  readonly phase?: string;
}

/** A piece of thinking, and the call that followed it; `null` where text did. The vendor wants it in that very place. */
export interface Thought {
  readonly before: string | null;
  readonly item: unknown;
}

/** The turns that an earlier event told of; those of another model are no use to this one. */
export function turnsOf(state: unknown, model: string): Turn[] {
  if (textAt(state, "model") !== model) return [];
  return arrayAt(state, "turns").map((turn) => {
    const phase = textAt(turn, "phase");
    return {
      tool_call_ids: arrayAt(turn, "tool_call_ids").filter((id) => typeof id === "string"),
      thinking: arrayAt(turn, "thinking").flatMap((thought) => {
        const item = toReasoning(at(thought, "item"));
        return item ? [{ before: textAt(thought, "before") ?? null, item }] : [];
      }),
      ...(phase && { phase }),
    };
  });
}

/** The turn that made these calls. */
export function turnOf(calls: readonly ToolCall[], turns: readonly Turn[]): Turn | undefined {
  return turns.find(({ tool_call_ids }) => calls.some(({ id }) => id !== undefined && tool_call_ids.includes(id)));
}

export function thinkingBefore(call: string | null, turn: Turn | undefined): unknown[] {
  return (turn?.thinking ?? []).filter(({ before }) => before === call).map(({ item }) => item);
}

/** An answer's items as a turn to keep. Thinking that led to nothing is left out: the vendor refuses it. */
export function toTurn(items: readonly unknown[]): Turn {
  const tool_call_ids: string[] = [];
  const thinking: Thought[] = [];
  let waiting: unknown[] = [];
  let phase: string | undefined;
  for (const item of items) {
    const type = textAt(item, "type");
    const reasoning = toReasoning(item);
    if (reasoning) waiting.push(reasoning);
    if (type !== "function_call" && type !== "message") continue;
    const before = type === "function_call" ? (textAt(item, "call_id") ?? textAt(item, "id") ?? "") : null;
    if (before !== null) tool_call_ids.push(before);
    else phase ??= textAt(item, "phase");
    thinking.push(...waiting.map((each) => ({ before, item: each })));
    waiting = [];
  }
  return { tool_call_ids, thinking, ...(phase && { phase }) };
}

/**
 * A reasoning item with what the vendor reads of it. Without its content it is only a name, which means nothing where
 * nothing is stored. Field by field, since a caller's state comes this way too: nothing else may be slipped in.
 */
function toReasoning(item: unknown): Record<string, unknown> | undefined {
  if (textAt(item, "type") !== "reasoning") return undefined;
  const id = textAt(item, "id");
  const encrypted = textAt(item, "encrypted_content");
  const content = textsAt(item, "content", "reasoning_text");
  if (!encrypted && content.length === 0) return undefined;
  return {
    type: "reasoning",
    ...(id && { id }),
    summary: textsAt(item, "summary", "summary_text"),
    ...(content.length > 0 && { content }),
    ...(encrypted && { encrypted_content: encrypted }),
  };
}

function textsAt(item: unknown, field: string, type: string): unknown[] {
  return arrayAt(item, field).map((part) => ({ type, text: textAt(part, "text") ?? "" }));
}
