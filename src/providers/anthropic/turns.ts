import { arrayAt, textAt } from "../../lib/json.ts";
import type { ToolCall } from "../../protocol/events.ts";

/** What turns' thinking must look like when their tools' results come back: signed, and for the same model. */
export interface State {
  readonly model: string;
  readonly turns: readonly Turn[];
}

export interface Turn {
  readonly thinking: readonly unknown[];
  readonly tool_call_ids: readonly string[];
}

/** The turns that an earlier event told of; those of another model are no use to this one. */
export function turnsOf(state: unknown, model: string): Turn[] {
  if (textAt(state, "model") !== model) return [];
  return arrayAt(state, "turns").map((turn) => ({
    thinking: arrayAt(turn, "thinking"),
    tool_call_ids: arrayAt(turn, "tool_call_ids").filter((id) => typeof id === "string"),
  }));
}

/** The signed thinking of the turn that made these calls: without it the vendor refuses the turn. */
export function thinkingOf(calls: readonly ToolCall[], turns: readonly Turn[]): readonly unknown[] {
  const turn = turns.find(({ tool_call_ids }) =>
    calls.some(({ id }) => id !== undefined && tool_call_ids.includes(id)),
  );
  return turn?.thinking ?? [];
}
