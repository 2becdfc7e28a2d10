import type { Clock } from "../../lib/clock.ts";
import type { FinishReason, RunEvent, ToolCall } from "../../protocol/events.ts";

/** What an answer comes to, as a chat keeps it. */
export interface Transcript {
  add(events: readonly RunEvent[]): void;
  readonly content: string;
  /** What came beside it, by the names of the events. */
  extra(): Readonly<Record<string, unknown>>;
  /** The last of the provider's and the usage's events. */
  readonly provider: string | null;
  readonly model: string | null;
  readonly usage: string | null;
}

/** `before` is what the answer goes on from. Without a clock, events come later than they were told. */
export function createTranscript(before = "", clock?: Clock): Transcript {
  let content = before;
  let reasoning = "";
  let thinkingSince: number | undefined;
  let thoughtMs = 0;
  let calls: ToolCall[] = [];
  let conversation: Record<string, unknown> | undefined;
  let suggestions: readonly string[] | undefined;
  /** Why it ended, where there may be more to say. */
  let cut: FinishReason | undefined;
  let failure: { readonly error: string; readonly message: string } | undefined;
  let provider: string | null = null;
  let model: string | null = null;
  let usage: string | null = null;

  return {
    add: (events) => events.forEach(add),
    get content() {
      return content;
    },
    extra: () => ({
      ...(reasoning !== "" && { reasoning }),
      ...(thoughtMs > 0 && { reasoning_ms: thoughtMs }),
      ...(calls.length > 0 && { tool_calls: calls }),
      ...(conversation && { conversation }),
      ...(suggestions && { suggestions }),
      ...(failure && { failure }),
      ...(cut && { finish: cut }),
    }),
    get provider() {
      return provider;
    },
    get model() {
      return model;
    },
    get usage() {
      return usage;
    },
  };

  /** Several thoughts of one answer are counted together. */
  function endThought(): void {
    if (thinkingSince !== undefined && clock) thoughtMs += clock() - thinkingSince;
    thinkingSince = undefined;
  }

  function add(event: RunEvent): void {
    switch (event.type) {
      case "content":
        endThought();
        content += event.content;
        return;
      case "reasoning":
        if (event.token != null) thinkingSince ??= clock?.();
        reasoning += event.token ?? "";
        return;
      case "tool_calls":
        endThought();
        calls = event.tool_calls.reduce(withPiece, calls);
        return;
      case "conversation":
        conversation = { ...conversation, ...event.conversation };
        return;
      case "suggestions":
        suggestions = event.suggestions;
        return;
      case "provider":
        ({ name: provider, model = null } = event.provider);
        return;
      case "finish":
        endThought();
        if (event.finish.reason === "length" || event.finish.reason === "content_filter") cut = event.finish.reason;
        return;
      case "usage":
        usage = JSON.stringify(event);
        return;
      case "error":
        failure = { error: event.error, message: event.message };
        return;
      case "auth":
        failure = { error: event.auth, message: event.message };
    }
  }
}

/** Pieces of one call have its `index`, and all but the first no more than arguments. */
function withPiece(calls: ToolCall[], piece: ToolCall): ToolCall[] {
  const place = piece.index === undefined ? -1 : calls.findIndex(({ index }) => index === piece.index);
  const begun = calls[place];
  if (!begun) return [...calls, piece];
  const args = (begun.function.arguments ?? "") + (piece.function.arguments ?? "");
  return calls.with(place, { ...begun, function: { ...begun.function, arguments: args } });
}
