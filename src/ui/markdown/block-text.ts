export interface Code {
  readonly language: string;
  readonly text: string;
}

/** What stands in a fence. */
export function toCode(raw: string, isClosed: boolean): Code {
  const [head = "", ...lines] = raw.replace(/\n$/, "").split("\n");
  const indent = /^ */.exec(head)?.[0].length ?? 0;
  const language = /^ *(?:`{3,}|~{3,})[ \t]*([^\s`{]{0,40})/.exec(head)?.[1] ?? "";
  const body = isClosed ? lines.slice(0, -1) : lines;
  const text =
    indent === 0
      ? body.join("\n")
      : body.map((line) => line.replace(/^ {0,3}/, (spaces) => spaces.slice(indent))).join("\n");
  return { language: language.toLowerCase(), text };
}

/** What stands between the signs of a formula. */
export function toFormula(raw: string): string {
  return raw
    .trim()
    .replace(/^(?:\$\$|\\\[)|(?:\$\$|\\\])$/g, "")
    .trim();
}
