import { createId } from "../../lib/ids.ts";
import type { EventOf, ToolCall } from "../../protocol/events.ts";

/** Tells the calls of our tools in a turn from those of the caller's. */
export interface CallSorter {
  /** What the caller is shown of it: its own calls, numbered as if there were no others. */
  sort(event: EventOf<"tool_calls">): EventOf<"tool_calls">[];
  /** The calls of our tools so far, in the order in which they began. */
  readonly ours: readonly OurCall[];
  /** How many of the caller's tools are called. */
  readonly shown: number;
}

export interface OurCall {
  readonly id: string;
  readonly name: string;
  /** JSON, as far as it has come. */
  arguments: string;
}

/** Its pieces until its name comes; then where they go. */
type Place = { readonly held: ToolCall[] } | { readonly shownAt: number } | { readonly ours: OurCall };

export function createCallSorter(names: { has(name: string): boolean }): CallSorter {
  const places = new Map<number, Place>();
  const ours: OurCall[] = [];
  let shown = 0;

  return {
    sort({ tool_calls }) {
      const pieces = tool_calls.flatMap(take);
      return pieces.length === 0 ? [] : [{ type: "tool_calls", tool_calls: pieces }];
    },
    ours,
    get shown() {
      return shown;
    },
  };

  function take(piece: ToolCall): ToolCall[] {
    const index = piece.index ?? places.size;
    const place = places.get(index) ?? { held: [] };
    if ("ours" in place) {
      place.ours.arguments += piece.function.arguments ?? "";
      return [];
    }
    if ("shownAt" in place) return [{ ...piece, index: place.shownAt }];
    const pieces = [...place.held, piece];
    const name = piece.function.name;
    if (name === undefined) {
      places.set(index, { held: pieces });
      return [];
    }
    if (names.has(name)) {
      const id = pieces.find((each) => each.id)?.id ?? createId("call");
      const call = { id, name, arguments: pieces.map((each) => each.function.arguments ?? "").join("") };
      ours.push(call);
      places.set(index, { ours: call });
      return [];
    }
    const shownAt = shown++;
    places.set(index, { shownAt });
    return pieces.map((each) => ({ ...each, index: shownAt }));
  }
}
