import { parseWebAddress } from "../lib/web-address.ts";
import type { ApiError } from "../protocol/errors.ts";
import type { EventOf, FinishReason, NumberedEvent, RunEvent } from "../protocol/events.ts";
import { fromFailureEvent } from "../protocol/failure-event.ts";
import { isSourceList } from "./search/earlier-sources.ts";

/** What an answer says to those who take no events: its words, and a line for the address of each medium. */
export interface PlainAnswer {
  /** Takes what comes next, and gives what is to be written of it. */
  add(events: readonly NumberedEvent[]): readonly PlainPiece[];
  /** Whether it has said anything but media. */
  readonly hasWords: boolean;
  readonly media: readonly PlainMedium[];
  /** How it ended, once it has. */
  readonly reason: FinishReason | undefined;
  /** What ended it, where it failed. */
  readonly failure: ApiError | undefined;
}

export interface PlainPiece {
  /** `sources` is the list of pages that follows an answer from the web. */
  readonly is: "words" | "medium" | "sources";
  readonly text: string;
}

export interface PlainMedium {
  /** `/media/…`, or an address of the web where it was not fetched. */
  readonly address: string;
  readonly isSound: boolean;
}

export function createPlainAnswer(): PlainAnswer {
  const media: PlainMedium[] = [];
  let hasWords = false;
  let reason: FinishReason | undefined;
  let failure: ApiError | undefined;
  /** Half of a character, whose other half comes with the next piece. */
  let half = "";
  let isLineStart = true;
  let isAfterMedium = false;

  return {
    add: (events) => events.flatMap(({ event }) => read(event)),
    get hasWords() {
      return hasWords;
    },
    media,
    get reason() {
      return reason;
    },
    get failure() {
      return failure;
    },
  };

  function read(event: RunEvent): readonly PlainPiece[] {
    switch (event.type) {
      case "content":
        return readContent(event);
      case "error":
      case "auth":
        failure = fromFailureEvent(event);
        return [];
      case "finish":
        reason = event.finish.reason;
        return half === "" ? [] : [say("words", half)];
      default:
        return [];
    }
  }

  function readContent(event: EventOf<"content">): readonly PlainPiece[] {
    const made = mediaOf(event);
    if (made.length > 0) return made.map(show);
    if (isSourceList(event)) return [say("sources", event.content)];
    const whole = half + event.content;
    half = /[\ud800-\udbff]$/.test(whole) ? whole.slice(-1) : "";
    const text = whole.slice(0, whole.length - half.length);
    return text === "" ? [] : [say("words", text)];
  }

  function say(is: "words" | "sources", text: string): PlainPiece {
    const line = isAfterMedium && !text.startsWith("\n") ? `\n${text}` : text;
    isAfterMedium = false;
    isLineStart = line.endsWith("\n");
    hasWords ||= line.trim() !== "";
    return { is, text: line };
  }

  function show(medium: PlainMedium): PlainPiece {
    media.push(medium);
    const text = isLineStart ? medium.address : `\n${medium.address}`;
    isLineStart = false;
    isAfterMedium = true;
    return { is: "medium", text };
  }
}

export function textOfPieces(pieces: readonly PlainPiece[]): string {
  return pieces.map(({ text }) => text).join("");
}

/** What follows an answer that is not whole, or not all of it: `[length]`. */
export function endMark(reason: FinishReason, isFirst: boolean): string {
  if (reason === "stop") return "";
  return isFirst ? `[${reason}]` : `\n[${reason}]`;
}

/** The words that are spoken in a sound, and what a picture shows, are no part of what is written. */
function mediaOf({ urls = [], data }: EventOf<"content">): PlainMedium[] {
  const all = [
    ...urls.map((url) => ({ address: toAddress(url), isSound: false })),
    ...(data === undefined ? [] : [{ address: toAddress(data), isSound: true }]),
  ];
  return all.flatMap(({ address, isSound }) => (address === undefined ? [] : [{ address, isSound }]));
}

/** What can stand alone on a line, and be led to. */
function toAddress(url: string): string | undefined {
  if (/^\/media\/[^\s/\\]+$/.test(url)) return url;
  return parseWebAddress(url)?.href;
}
