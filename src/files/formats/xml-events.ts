import { Parser, type ParserOptions } from "htmlparser2";

/** What is met on the way through a part that is too long for a tree; names are without their prefixes. */
export interface XmlEvents {
  opened(name: string, attributes: Readonly<Record<string, string>>): void;
  closed(name: string): void;
  /** Maybe in several pieces. */
  text(text: string): void;
}

/** Reads in pieces, so that the whole is never held as a string; entities that a document defines for itself are not known. */
export function readXmlEvents(bytes: Uint8Array, events: XmlEvents): void {
  readEvents(bytes, events, { xmlMode: true });
}

/** XHTML, also where it is HTML after all: tags that are not closed, entities that only HTML has. */
export function readXhtmlEvents(bytes: Uint8Array, events: XmlEvents): void {
  readEvents(bytes, events, { recognizeSelfClosing: true, recognizeCDATA: true });
}

function readEvents(bytes: Uint8Array, events: XmlEvents, options: ParserOptions): void {
  const parser = new Parser(
    {
      onopentag: (name, attributes) => events.opened(toLocal(name), attributes),
      onclosetag: (name) => events.closed(toLocal(name)),
      ontext: (text) => events.text(text),
    },
    options,
  );
  const decoder = new TextDecoder(encodingOf(bytes));
  for (let start = 0; start < bytes.length; start += pieceBytes)
    parser.write(decoder.decode(bytes.subarray(start, start + pieceBytes), { stream: true }));
  parser.end(decoder.decode());
}

/** Arbitrary. */
const pieceBytes = 64 * 1024;

function encodingOf([first, second]: Uint8Array): string {
  if (first === 0xff && second === 0xfe) return "utf-16le";
  return first === 0xfe && second === 0xff ? "utf-16be" : "utf-8";
}

function toLocal(name: string): string {
  const colon = name.indexOf(":");
  return colon === -1 ? name : name.slice(colon + 1);
}
