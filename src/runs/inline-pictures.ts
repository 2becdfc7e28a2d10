import { createCodeTracker } from "../lib/code-tracker.ts";
import type { RunEvent } from "../protocol/events.ts";
import type { Medium } from "../providers/media.ts";

/** A picture that stood in a text with all its bytes. */
export interface InlinePicture {
  readonly type: "inline_picture";
  readonly medium: Medium;
  /** As it was written. */
  readonly text: string;
}

type Said = RunEvent | InlinePicture;

/** Takes pictures out of a text, wherever it is cut. */
export interface PictureParser {
  push(text: string, into: Said[]): void;
  /** Says what was held back. */
  end(into: Said[]): void;
}

/** Most that is held of one picture, in characters: 48 MiB of bytes. What is larger stays text. */
const maxLength = 64 * 1024 * 1024;

/**
 * Finds `![…](data:image/…;base64,…)`, as models write it that draw behind an interface without a place for pictures. One
 * inside a code span or fence is text, and so is what does not end as it should.
 */
export function createPictureParser(): PictureParser {
  const code = createCodeTracker();
  /** What may turn out to be a picture's head. */
  let held = "";
  /** What has come of a picture that has begun, its head first. */
  let picture: { readonly head: string; readonly pieces: string[]; length: number } | undefined;

  return {
    push(text, into) {
      for (let rest = text; rest !== "";) rest = picture ? readBody(rest, into) : readText(rest, into);
    },
    end(into) {
      const text = picture ? written(picture) : held;
      picture = undefined;
      held = "";
      say(text, into);
    },
  };

  /** Gives what comes after the head of a picture. */
  function readText(piece: string, into: Said[]): string {
    const text = held + piece;
    held = "";
    for (let from = 0; ;) {
      const mark = text.indexOf("!", from);
      code.track(text.slice(from, mark === -1 ? undefined : mark));
      if (mark === -1) {
        into.push({ type: "content", content: text });
        return "";
      }
      const length = code.isInside() ? 0 : headLength(text, mark);
      if (length !== 0) {
        if (mark > 0) into.push({ type: "content", content: text.slice(0, mark) });
        if (length === undefined) held = text.slice(mark);
        else picture = { head: text.slice(mark, mark + length), pieces: [], length: 0 };
        return length === undefined ? "" : text.slice(mark + length);
      }
      code.track("!");
      from = mark + 1;
    }
  }

  /** Gives what comes after the picture, or after what was none. */
  function readBody(piece: string, into: Said[]): string {
    if (!picture) return piece;
    const end = endOfBody(piece);
    const body = piece.slice(0, end);
    picture.pieces.push(body);
    picture.length += body.length;
    if (end === piece.length && picture.length <= maxLength) return "";
    const { head, pieces, length } = picture;
    const text = written(picture);
    picture = undefined;
    if (piece[end] !== ")" || length > maxLength) {
      say(text, into);
      return piece.slice(end);
    }
    // What stands there now is no mark of code, nor a blank line.
    code.track("!");
    const alt = head.slice(2, head.lastIndexOf("]("));
    const source = { bytes: Buffer.from(pieces.join(""), "base64") };
    into.push({ type: "inline_picture", medium: { kind: "image", source, ...(alt && { alt }) }, text: `${text})` });
    return piece.slice(end + 1);
  }

  function say(text: string, into: Said[]): void {
    if (text === "") return;
    code.track(text);
    into.push({ type: "content", content: text });
  }
}

function written({ head, pieces }: { readonly head: string; readonly pieces: readonly string[] }): string {
  return head + pieces.join("");
}

const types = ["png", "jpeg", "jpg", "webp", "gif", "bmp", "avif"];
const leads = types.map((type) => `](data:image/${type};base64,`);
const maxLeadLength = Math.max(...leads.map(({ length }) => length));

/** Who describes a picture at greater length writes a text; arbitrary, in characters. */
const maxAltLength = 2000;

/** How long the head of a picture is that begins here; 0 if none does, `undefined` if more must come to tell. */
function headLength(text: string, start: number): number | undefined {
  if (!"![".startsWith(text.slice(start, start + 2))) return 0;
  const close = text.indexOf("](", start + 2);
  const alt = text.slice(start + 2, close === -1 ? undefined : close);
  if (alt.includes("\n") || alt.includes("![")) return 0;
  if (close === -1) return alt.length > maxAltLength + 1 ? 0 : undefined;
  if (alt.length > maxAltLength) return 0;
  const lead = text.slice(close, close + maxLeadLength);
  const found = leads.find((each) => lead.startsWith(each));
  if (found !== undefined) return close - start + found.length;
  return leads.some((each) => each.startsWith(lead)) ? undefined : 0;
}

/** Where the first character stands that no base64 holds; the usual ones are looked for, not all. */
function endOfBody(piece: string): number {
  const ends = [")", " ", "\n"].map((mark) => piece.indexOf(mark)).filter((at) => at !== -1);
  return Math.min(piece.length, ...ends);
}
