import { readdirSync, readFileSync, statSync } from "node:fs";
import { extname, join } from "node:path";
import { root } from "./command.ts";

/** A document that another program made, and what a reference conversion reads in it (`test/fixtures/documents/make.py`). */
export interface CorpusDocument {
  /** The folder that it is in: the format, as a rule. */
  readonly kind: string;
  readonly name: string;
  readonly content: Buffer;
  /** Not there where there is no text: of pictures alone, and of what is encrypted. */
  readonly reference: string | undefined;
}

const folder = join(root, "test/fixtures/documents");

/** Text as it stands: what is not in UTF-8, and tables, have a reference of their own beside them. */
const texts = new Set(["code", "json", "log", "md", "txt", "xml", "yaml"]);

/** Every kind but `encrypted`, and but what makes them. */
export function listKinds(): readonly string[] {
  const names = readdirSync(folder).filter((name) => statSync(join(folder, name)).isDirectory());
  return names.filter((name) => name !== "making" && name !== "encrypted").sort();
}

export function listDocuments(kind: string): readonly CorpusDocument[] {
  const names = readdirSync(join(folder, kind)).sort();
  const isReference = (name: string) => extname(name) === ".txt" && names.includes(name.slice(0, -".txt".length));
  return names
    .filter((name) => !isReference(name))
    .map((name) => {
      const content = readFileSync(join(folder, kind, name));
      const beside = names.includes(`${name}.txt`)
        ? readFileSync(join(folder, kind, `${name}.txt`), "utf8")
        : undefined;
      return { kind, name, content, reference: beside ?? (texts.has(kind) ? content.toString() : undefined) };
    });
}

/** The words of Markdown that we made; what was text is taken as it stands. */
export function textOf(kind: string, markdown: string): string {
  if (texts.has(kind)) return markdown;
  return markdown
    .replace(/<!--.*?-->/gs, " ")
    .replace(/!?\[([^\]]*)\]\([^)\s]*\)/g, "$1")
    .replace(/<br ?\/?>/g, " ")
    .replace(/<\/?[a-z][a-z0-9]*(\s[^<>]*)?>/g, "")
    .replace(/&(amp|lt|gt|quot|nbsp);/g, " ")
    .replace(/\\(?=\p{P}|\p{S})/gu, "");
}

/**
 * How much two texts say the same, whatever their marks: twice the words that both have, by the words of each. A word counts
 * as often as it comes. With `length` 2 it is pairs of neighbours that are counted, which tells whether the order is the same.
 */
export function overlap(one: string, other: string, length = 1): number {
  const [ones, others] = [countRuns(one, length), countRuns(other, length)];
  let both = 0;
  for (const [run, count] of ones) both += Math.min(count, others.get(run) ?? 0);
  const all = sum(ones) + sum(others);
  return all === 0 ? 1 : (2 * both) / all;
}

const sum = (counts: ReadonlyMap<string, number>) => counts.values().reduce((total, count) => total + count, 0);

function countRuns(text: string, length: number): Map<string, number> {
  const words = listWords(text);
  const counts = new Map<string, number>();
  for (let at = 0; at + length <= words.length; at++) {
    const run = words.slice(at, at + length).join(" ");
    counts.set(run, (counts.get(run) ?? 0) + 1);
  }
  return counts;
}

/** Ligatures and letters' forms of presentation are the letters; marks of direction and soft hyphens are not there. */
function listWords(text: string): readonly string[] {
  const plain = text
    .normalize("NFKC")
    .toLowerCase()
    .replace(/\p{Cf}/gu, "");
  return plain.match(wordPattern) ?? [];
}

/** Of scripts that put no spaces between words, each letter is one. */
const wordPattern =
  /[\p{sc=Han}\p{sc=Hira}\p{sc=Kana}\p{sc=Hang}\p{sc=Thai}]|[[\p{L}\p{M}\p{N}]--[\p{sc=Han}\p{sc=Hira}\p{sc=Kana}\p{sc=Hang}\p{sc=Thai}]]+/gv;
