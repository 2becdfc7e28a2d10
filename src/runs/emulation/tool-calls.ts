import { createId } from "../../lib/ids.ts";
import type { Tool } from "../../protocol/chat.ts";
import type { RunEvent } from "../../protocol/events.ts";
import { type CallSink, createCallReader, maxHeld } from "./call-reader.ts";
import type { TextCall } from "./call-text.ts";

/** Turns calls of tools that a model writes into its text into events, wherever the text is cut. */
export interface ToolCallParser {
  push(text: string, into: RunEvent[]): void;
  /** Says what was held back; a call whose closing tag is missing is one. */
  end(into: RunEvent[]): void;
}

/**
 * Finds `<tool_call>…</tool_call>` with calls of these tools. What is in the tags and is not that, goes out as the text
 * that it was, tags included: all of it, where one of several calls names a tool that was not offered.
 *
 * Tags in a code span or fence are text, but for a fence that holds calls and nothing else. Its language must be none,
 * `json`, `xml` or `tool_call`; without tags it is a call if that is what its language says, or if it is JSON of `name`,
 * of a tool that was offered, and `arguments` alone. A tag that begins a line is no part of a code span: an odd backtick
 * before it is likelier than a span over lines.
 *
 * Calls beyond `maxCalls` are dropped: the model has been told how many it may make.
 *
 * Blanks before a call, after one, and between two are dropped where no other text is next to them.
 */
export function createToolCallParser(tools: readonly Tool[], { maxCalls = Infinity } = {}): ToolCallParser {
  const output = createOutput(maxCalls);
  const reader = createCallReader(new Set(tools.map((tool) => tool.function.name)), output, true);
  return {
    push: (text, into) => {
      reader.push(text);
      output.drain(into);
    },
    end: (into) => {
      reader.end();
      output.end();
      output.drain(into);
    },
  };
}

interface CallOutput extends CallSink {
  end(): void;
  drain(into: RunEvent[]): void;
}

function createOutput(maxCalls: number): CallOutput {
  let events: RunEvent[] = [];
  let text = "";
  /** Blanks that no text has been next to; `undefined` while text goes out as it comes. */
  let blanks: string | undefined = "";
  let index = 0;

  return { say, call, end, drain };

  function say(said: string): void {
    if (blanks === undefined) {
      text += said;
      return;
    }
    blanks += said;
    if (/\S/.test(said) || blanks.length > maxHeld) sayBlanks();
  }

  function sayBlanks(): void {
    text += blanks ?? "";
    blanks = undefined;
  }

  function call({ name, arguments: json }: TextCall): void {
    sayText();
    blanks = "";
    if (index >= maxCalls) return;
    const id = createId("call");
    events.push({
      type: "tool_calls",
      tool_calls: [{ index: index++, id, type: "function", function: { name, arguments: json } }],
    });
  }

  function end(): void {
    if (index === 0) sayBlanks();
  }

  function sayText(): void {
    if (text !== "") events.push({ type: "content", content: text });
    text = "";
  }

  function drain(into: RunEvent[]): void {
    sayText();
    // Not spread: a long piece may hold more events than a function takes arguments.
    for (const event of events) into.push(event);
    events = [];
  }
}
