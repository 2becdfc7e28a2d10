/** What a JSON Schema of the document says, to be read. */

export interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema;
  readonly required?: readonly string[];
  readonly description?: string;
  readonly format?: string;
  readonly examples?: readonly unknown[];
  readonly minimum?: number;
  readonly maximum?: number;
}

type Content = string | Node;

export function element(name: string, className: string, ...content: readonly Content[]): HTMLElement {
  const made = document.createElement(name);
  if (className !== "") made.className = className;
  made.append(...content);
  return made;
}

export const nameOf = (reference: string): string => reference.split("/").at(-1) ?? "";
/** Names and headings are addresses within the page. */
export const anchorOf = (kind: string, name: string): string => `${kind}-${name.replaceAll(/\W+/g, "_")}`;

/** Words with `code` in them, paragraphs, and lists. */
export function words(text: string): HTMLElement {
  const all = element("div", "");
  for (const paragraph of text.split("\n\n")) {
    const isList = paragraph.startsWith("- ");
    const lines = isList ? paragraph.split("\n").map((line) => line.replace(/^- /, "")) : [paragraph];
    const made = lines.map((line) => element(isList ? "li" : "p", "", ...inline(line)));
    all.append(...(isList ? [element("ul", "", ...made)] : made));
  }
  return all;
}

export function inline(text: string): Content[] {
  return text.split("`").map((part, index) => (index % 2 === 1 ? element("code", "", part) : part));
}

/** What names a schema leads to it. */
export function linkNames(within: HTMLElement, names: ReadonlySet<string>): void {
  for (const code of within.querySelectorAll("code")) {
    const name = code.textContent ?? "";
    if (names.has(name) && !code.closest("summary")) code.replaceWith(...typeOf({ $ref: name }));
  }
}

/** In a few words, with links to what has a name. */
export function typeOf(schema: Schema): Content[] {
  if (schema.$ref !== undefined) {
    const link = element("a", "", nameOf(schema.$ref));
    link.setAttribute("href", `#${anchorOf("schema", nameOf(schema.$ref))}`);
    return [link];
  }
  const several = schema.anyOf ?? schema.oneOf ?? schema.allOf;
  if (several) {
    const separator = schema.allOf ? " and " : " or ";
    return several.flatMap((each, index) => [...(index > 0 ? [separator] : []), ...typeOf(each)]);
  }
  if (schema.const !== undefined) return [element("code", "", JSON.stringify(schema.const))];
  if (schema.enum) return [element("code", "", schema.enum.map((value) => JSON.stringify(value)).join(" | "))];
  if (schema.items) return ["array of ", ...typeOf(schema.items)];
  if (schema.format === "binary") return ["a file"];
  const types = [schema.type ?? "anything"].flat().join(" or ");
  const { minimum, maximum } = schema;
  const range = minimum !== undefined && maximum !== undefined ? `, ${minimum} to ${maximum}` : "";
  return [types + range];
}

/** An object's properties as a table; of anything else its type. */
export function schemaTable(schema: Schema): HTMLElement {
  if (!schema.properties) return element("p", "", ...typeOf(schema));
  return table(
    Object.entries(schema.properties).map(([name, each]) => ({
      name,
      schema: each,
      isRequired: schema.required?.includes(name) ?? false,
      description: each.description ?? "",
    })),
  );
}

export interface Row {
  readonly name: string;
  readonly schema: Schema;
  readonly isRequired: boolean;
  readonly description: string;
}

export function table(rows: readonly Row[]): HTMLElement {
  return element(
    "table",
    "",
    ...rows.map(({ name, schema, isRequired, description }) =>
      element(
        "tr",
        "",
        element("td", "", element("code", "", name), ...(isRequired ? [] : [element("span", "quiet", " optional")])),
        element(
          "td",
          "",
          ...typeOf(schema),
          ...(description === "" ? [] : [element("div", "quiet", ...inline(description))]),
        ),
      ),
    ),
  );
}
