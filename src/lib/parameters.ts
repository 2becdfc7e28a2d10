export interface Parameterised {
  /** What stands before the parameters, in lower case. */
  readonly value: string;
  /** By their names in lower case; of two of one name, the first. */
  readonly parameters: ReadonlyMap<string, string>;
}

/**
 * A header such as `form-data; name="a"; filename=b` (RFC 9110 §5.6.6), or `undefined` where it is none. Within quotes a
 * backslash escapes quotes and itself, and is a letter elsewhere: browsers send names of files as they are.
 */
export function parseParameters(header: string): Parameterised | undefined {
  const first = header.indexOf(";");
  const value = (first === -1 ? header : header.slice(0, first)).trim().toLowerCase();
  const parameters = new Map<string, string>();
  let at = first === -1 ? header.length : first;
  while (at < header.length) {
    // A `;` may end a header.
    if (header.slice(at + 1).trim() === "") break;
    const equals = header.indexOf("=", at);
    const name = header
      .slice(at + 1, equals)
      .trim()
      .toLowerCase();
    if (equals === -1 || !/^[^\s;"]+$/.test(name)) return undefined;
    const given = parseValue(header, equals + 1);
    if (!given) return undefined;
    if (!parameters.has(name)) parameters.set(name, given.value);
    at = given.end;
  }
  return { value, parameters };
}

/** The value that begins at `from`, and where the `;` behind it stands, or the end. */
function parseValue(header: string, from: number): { readonly value: string; readonly end: number } | undefined {
  const start = from + (/^[ \t]*/.exec(header.slice(from))?.[0].length ?? 0);
  if (header[start] !== '"') {
    const end = endOf(header, start);
    return { value: header.slice(start, end).trim(), end };
  }
  const quote = closingQuote(header, start + 1);
  const end = endOf(header, quote + 1);
  if (quote === -1 || header.slice(quote + 1, end).trim() !== "") return undefined;
  return { value: header.slice(start + 1, quote).replace(/\\(["\\])/g, "$1"), end };
}

function endOf(header: string, from: number): number {
  const end = header.indexOf(";", from);
  return end === -1 ? header.length : end;
}

/** The first quote that is not escaped; where all are, the last one: a name may end with a backslash. */
function closingQuote(text: string, from: number): number {
  let last = -1;
  for (let at = text.indexOf('"', from); at !== -1; at = text.indexOf('"', at + 1)) {
    last = at;
    let backslashes = 0;
    while (at - backslashes > from && text[at - backslashes - 1] === "\\") backslashes++;
    if (backslashes % 2 === 0) return at;
  }
  return last;
}
