import { readXmlEvents } from "../xml-events.ts";

/** The texts that cells point to, rich ones as plain; how they are to be pronounced is left out. */
export function readSharedStrings(content: Uint8Array | undefined): string[] {
  const strings: string[] = [];
  let text = "";
  let isText = false;
  let isPhonetic = false;
  if (!content) return strings;
  readXmlEvents(content, {
    opened(name) {
      if (name === "si") text = "";
      if (name === "rPh") isPhonetic = true;
      isText = name === "t" && !isPhonetic;
    },
    text(piece) {
      if (isText) text += piece;
    },
    closed(name) {
      isText = false;
      if (name === "rPh") isPhonetic = false;
      if (name === "si") strings.push(text);
    },
  });
  return strings;
}
