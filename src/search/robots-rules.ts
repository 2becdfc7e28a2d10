import { createBreather } from "../lib/breather.ts";

/** What a site asks one robot (RFC 9309 §2.2.2): `-/private` to leave alone, `+/private/open` not to. */
export type RobotsRules = readonly string[];

/**
 * The rules of a robots.txt for the robot that is called `token`, in lower case: those of all groups that name it, or
 * else of those for everybody. Such a file may be made to take long: there is time for others in between.
 */
export async function parseRobots(text: string, token: string): Promise<RobotsRules> {
  const breathe = createBreather();
  const own: string[] = [];
  const everybodys: string[] = [];
  let isNamed = false;
  let isOwn = false;
  let isEverybodys = false;
  let isInRules = false;
  for (const [line] of text.replace(/^\ufeff/, "").matchAll(/[^\r\n]+/g)) {
    const others = breathe();
    if (others) await others;
    const colon = line.indexOf(":");
    const key = line.slice(0, Math.max(0, colon)).trim().toLowerCase();
    const value = (line.slice(colon + 1).split("#", 1)[0] ?? "").trim();
    if (key === "user-agent") {
      // Several lines in a row begin one group.
      if (isInRules) isInRules = isOwn = isEverybodys = false;
      const isToken = (/^[a-z_-]+/i.exec(value)?.[0] ?? "").toLowerCase() === token;
      isOwn ||= isToken;
      isNamed ||= isToken;
      isEverybodys ||= value.startsWith("*");
    } else if (key === "allow" || key === "disallow") {
      isInRules = true;
      if (value === "" || value.length > maxRule) continue;
      const rule = (key === "allow" ? "+" : "-") + toComparable(value);
      if (isOwn) own.push(rule);
      if (isEverybodys) everybodys.push(rule);
    }
  }
  return isNamed ? own : everybodys;
}

/** Arbitrary, in characters: no path is as long, and one of half a megabyte would hold up everybody for a third of a second. */
const maxRule = 4000;

/** The longest rule counts, and of two that are as long the one that allows. */
export async function isAllowed(rules: RobotsRules, { pathname, search }: URL): Promise<boolean> {
  const breathe = createBreather();
  const path = toComparable(pathname + search);
  let best = "";
  for (const rule of rules) {
    const others = breathe();
    if (others) await others;
    const isStronger = rule.length > best.length || (rule.length === best.length && rule.startsWith("+"));
    if (isStronger && matches(rule.slice(1), path)) best = rule;
  }
  return !best.startsWith("-");
}

/** `*` stands for anything, `$` at the end for the path's end. What stands between is found from the left, each once. */
function matches(pattern: string, path: string): boolean {
  const isWhole = pattern.endsWith("$");
  const [first = "", ...rest] = (isWhole ? pattern.slice(0, -1) : pattern).split("*");
  if (!path.startsWith(first)) return false;
  const last = isWhole ? rest.pop() : undefined;
  let from = first.length;
  for (const part of rest) {
    const found = path.indexOf(part, from);
    if (found < 0) return false;
    from = found + part.length;
  }
  if (!isWhole) return true;
  return last === undefined ? from === path.length : path.length - last.length >= from && path.endsWith(last);
}

/** One spelling of each path (RFC 9309 §2.2.2): what need not be escaped is not, and everything else is, in upper case. */
function toComparable(path: string): string {
  return path
    .toWellFormed()
    .replace(/[\u0080-\u{10ffff}]+/gu, encodeURIComponent)
    .replace(/%[0-9a-f]{2}/gi, (escaped) => {
      const letter = String.fromCharCode(Number.parseInt(escaped.slice(1), 16));
      return /[\w.~-]/.test(letter) ? letter : escaped.toUpperCase();
    });
}
