import type { Clock } from "../lib/clock.ts";
import type { RunEvent } from "../protocol/events.ts";
import type { ToolCallParser } from "./emulation/tool-calls.ts";
import { createPictureParser, type InlinePicture } from "./inline-pictures.ts";
import { createThinkingParser } from "./thinking.ts";

/** What a text becomes: events, and pictures in it, which are still to be kept. */
export type Said = RunEvent | InlinePicture;

/** Finds in a text what a model writes into it beside its words: thoughts, then calls of tools, then pictures. */
export interface TextReader {
  push(text: string, into: Said[]): void;
  /** Says what was held back. */
  end(into: Said[]): void;
}

export function createTextReader(clock: Clock, callParser: ToolCallParser | undefined): TextReader {
  const thinking = createThinkingParser(clock);
  const pictures = createPictureParser();

  return {
    push(text, into) {
      const thought: RunEvent[] = [];
      thinking.push(text, thought);
      readPictures(callParser ? passOn(thought, callParser) : thought, into);
    },
    end(into) {
      const thought: RunEvent[] = [];
      thinking.end(thought);
      const called = callParser ? passOn(thought, callParser) : thought;
      callParser?.end(called);
      readPictures(called, into);
      pictures.end(into);
    },
  };

  function passOn(events: readonly RunEvent[], parser: ToolCallParser): RunEvent[] {
    const passed: RunEvent[] = [];
    for (const event of events) {
      if (event.type === "content") parser.push(event.content, passed);
      else passed.push(event);
    }
    return passed;
  }

  function readPictures(events: readonly RunEvent[], into: Said[]): void {
    for (const event of events) {
      if (event.type === "content") pictures.push(event.content, into);
      else into.push(event);
    }
  }
}
