import type { ReactNode } from "react";

// Signs that reorder what is read, and those that no screen shows: in code and links they would hide what stands there.
// oxlint-disable-next-line no-control-regex
const hidden = /[\0-\x08\x0B\x0C\x0E-\x1F\x7F\u061C\u200B\u200E\u200F\u202A-\u202E\u2060\u2066-\u2069\uFEFF]/;

export function hasHiddenSigns(text: string): boolean {
  return hidden.test(text);
}

/** A text whose hidden signs are seen, by their numbers. */
export function showHiddenSigns(text: string): ReactNode {
  if (!hidden.test(text)) return text;
  return text.split(new RegExp(`(${hidden.source})`)).map((part, index) =>
    index % 2 === 0 ? (
      part
    ) : (
      // oxlint-disable-next-line react/no-array-index-key
      <span key={index} className="markdown-hidden-sign">
        {toNumber(part)}
      </span>
    ),
  );
}

function toNumber(sign: string): string {
  return `U+${sign.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}`;
}
