import { at, isObject, textAt, tryParseJson } from "../../lib/json.ts";

/** How a call of a tool is written in a text, and read from one. */

export const openTag = "<tool_call>";
export const closeTag = "</tool_call>";

export interface TextCall {
  readonly name: string;
  /** The JSON text of an object. */
  readonly arguments: string;
}

/** A call as a model is to write it. Arguments that are no JSON object, which models do write, become a JSON string. */
export function encodeCall(name: string, json: string): string {
  const written = json.trim() === "" ? "{}" : isObject(tryParseJson(json)) ? json : JSON.stringify(json);
  const call = `{"name": ${JSON.stringify(name)}, "arguments": ${written}}`;
  // In JSON `<` stands in strings alone, where its escape means the same.
  return openTag + call.replace(/<(?=\/?tool_)/gi, "\\u003c") + closeTag;
}

/**
 * The calls that a text is, of tools with these names; `undefined` unless all of it is calls. It may be one, an array, or
 * `{"tool_calls": […]}`, in a code fence, with trailing commas, bare line ends in strings, or escaped once too often.
 */
export function parseCalls(text: string, names: ReadonlySet<string>): readonly TextCall[] | undefined {
  return toCalls(toList(readJson(unfenced(text))), names);
}

/**
 * As `parseCalls`, for a text without tags: there, only what has `name` and `arguments` and nothing else is a call, since
 * the definition of a tool has a name and parameters too.
 */
export function parseBareCalls(text: string, names: ReadonlySet<string>): readonly TextCall[] | undefined {
  const list = toList(readJson(text));
  const isBare = (value: unknown) => isObject(value) && Object.keys(value).toSorted().join() === "arguments,name";
  return list.every(isBare) ? toCalls(list, names) : undefined;
}

/** Tells of each character in turn whether it stands in a string of JSON. */
export function createStringTracker(): (character: string) => boolean {
  let isInside = false;
  let isEscaped = false;
  return (character) => {
    const wasInside = isInside;
    if (isEscaped) isEscaped = false;
    else if (character === '"') isInside = !isInside;
    else isEscaped = isInside && character === "\\";
    return wasInside;
  };
}

function toList(value: unknown): readonly unknown[] {
  const list = Array.isArray(value) ? value : at(value, "tool_calls");
  return Array.isArray(list) ? list : [value];
}

function toCalls(list: readonly unknown[], names: ReadonlySet<string>): readonly TextCall[] | undefined {
  const calls = list.map(toCall).filter((call) => call !== undefined);
  const isAll = calls.length === list.length && calls.every(({ name }) => names.has(name));
  return isAll && calls.length > 0 ? calls : undefined;
}

function toCall(value: unknown): TextCall | undefined {
  const called = at(value, "function") ?? value;
  const name = textAt(called, "name");
  const json = toArguments(at(called, "arguments") ?? at(called, "parameters") ?? {});
  return name === undefined || json === undefined ? undefined : { name, arguments: json };
}

function toArguments(value: unknown): string | undefined {
  if (isObject(value)) return JSON.stringify(value);
  if (typeof value !== "string") return undefined;
  if (value.trim() === "") return "{}";
  if (isObject(tryParseJson(value))) return value;
  const read = readJson(value);
  return isObject(read) ? JSON.stringify(read) : undefined;
}

/** Three layers are arbitrary: JSON, JSON in a string, and one more. */
function readJson(text: string, layers = 3): unknown {
  const value = tryParseJson(text) ?? tryParseJson(mended(text)) ?? tryParseJson(`"${text.trim()}"`);
  return typeof value === "string" && layers > 1 ? readJson(value, layers - 1) : value;
}

/** Without commas before a closing bracket, and with control characters in strings escaped. */
function mended(text: string): string {
  const isInString = createStringTracker();
  const written: string[] = [];
  let comma: number | undefined;
  for (const character of text) {
    if (isInString(character)) {
      written.push(character < " " ? JSON.stringify(character).slice(1, -1) : character);
      continue;
    }
    if (comma !== undefined && /[}\]]/.test(character)) written[comma] = "";
    if (character === ",") comma = written.length;
    else if (/\S/.test(character)) comma = undefined;
    written.push(character);
  }
  return written.join("");
}

function unfenced(text: string): string {
  const trimmed = text.trim();
  if (!trimmed.startsWith("```") || !trimmed.endsWith("```") || trimmed.length < 6) return trimmed;
  return trimmed.slice(3, -3).replace(/^\w*/, "");
}
