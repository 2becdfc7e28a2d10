import { wide } from "./lines.ts";

/** Lines as running text: words that a hyphen divides are made whole, and nothing is put between signs without spaces. */
export function joinLines(lines: readonly string[]): string {
  let text = "";
  for (const line of lines) {
    if (isDivided(text, line)) text = text.slice(0, -1) + line;
    else text += (text === "" || isUnspaced(text, line) ? "" : " ") + line;
  }
  return text;
}

function isDivided(text: string, line: string): boolean {
  return /\p{L}-$/u.test(text.slice(-3)) && /^\p{Ll}/u.test(line);
}

function isUnspaced(text: string, line: string): boolean {
  if (wide.test(text.slice(-1)) && wide.test(line.slice(0, 1))) return true;
  return /[\p{L}\p{N}]-$/u.test(text.slice(-3)) && /^[\p{L}\p{N}]/u.test(line);
}
