import { openTag } from "./call-text.ts";

/** Reads a code fence from its first backtick on. */
export interface CallFence {
  /** Whether the fence may still hold a call, and nothing else, with this character next. */
  accepts(character: string): boolean;
  /** What its opening line says that it holds; `undefined` until that line has ended. */
  readonly language: string | undefined;
}

/** Whether a fence's language says that it holds calls, so that it needs no tags. */
export function isCallLanguage(language: string): boolean {
  return language === "tool_call" || language === "tool_calls";
}

/** Languages of fences that hold calls without tags as well. */
const bareLanguages = new Set(["", "json"]);
const firstLine = /^`{3,}[ \t]*(\w*)[ \t]*\r?$/;
const firstLineBeginning = /^(?:`{1,2}|`{3,}[ \t]*\w*[ \t]*\r?)$/;
/** Arbitrary, and more than any language that we know needs. */
const maxFirstLine = 40;

/** Models that were taught otherwise put their calls into fences: of which kinds, `openings` says. */
export function createCallFence(names: ReadonlySet<string>): CallFence {
  let line = "";
  let language: string | undefined;
  /** How the fence may begin, without blanks; empty once it has begun so. */
  let openings: readonly string[] = [];
  let beginning = "";

  return {
    accepts: (character) => (language === undefined ? acceptsInFirstLine(character) : acceptsInBody(character)),
    get language() {
      return language;
    },
  };

  function acceptsInFirstLine(character: string): boolean {
    if (character !== "\n") {
      line += character;
      return line.length <= maxFirstLine && firstLineBeginning.test(line);
    }
    const word = firstLine.exec(line)?.[1]?.toLowerCase();
    if (word === undefined) return false;
    language = word;
    if (isCallLanguage(word)) return true;
    openings = bareLanguages.has(word) ? [openTag, ...bareOpenings(names)] : word === "xml" ? [openTag] : [];
    return openings.length > 0;
  }

  function acceptsInBody(character: string): boolean {
    if (openings.length === 0 || /\s/.test(character)) return true;
    beginning += character;
    if (openings.includes(beginning)) openings = [];
    return openings.length === 0 || openings.some((opening) => opening.startsWith(beginning));
  }
}

/** Of offered names alone, so that other JSON is not held back. */
function bareOpenings(names: ReadonlySet<string>): readonly string[] {
  const calls = [...names].map((name) => `{"name":${JSON.stringify(name).replace(/\s/g, "")}`);
  return [...calls, ...calls.map((call) => `[${call}`), '{"tool_calls":[{"name":'];
}
