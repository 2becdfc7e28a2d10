import { copyText } from "../parts/copy-text.ts";
import { element, inline, nameOf, type Schema, schemaTable, table, words } from "./schema.ts";

/** One route of the document, to be read. */

interface Media {
  readonly schema: Schema;
  readonly example?: unknown;
}
interface Answer {
  readonly $ref?: string;
  readonly description?: string;
  readonly content?: Readonly<Record<string, Media>>;
}
export interface Operation {
  readonly tags: readonly string[];
  readonly summary: string;
  readonly description?: string;
  readonly parameters: readonly {
    readonly name: string;
    readonly in: string;
    readonly required?: boolean;
    readonly description?: string;
    readonly schema: Schema;
  }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, Media>> };
  readonly responses: Readonly<Record<string, Answer>>;
  readonly security?: readonly object[];
}

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly operation: Operation;
  readonly schemas: Readonly<Record<string, Schema>>;
}

export function operationBody({ method, path, operation, schemas }: Asked): HTMLElement[] {
  const { description, parameters, requestBody, responses, security } = operation;
  const bodies = Object.entries(requestBody?.content ?? {});
  return [
    ...(description ? [words(description)] : []),
    ...(security
      ? [element("p", "quiet", security.length === 0 ? "Needs no key." : "What is published needs no key.")]
      : []),
    ...("101" in responses ? [] : [block(curl())]),
    ...(parameters.length > 0 ? [element("h4", "", "Parameters"), parameterTable()] : []),
    ...(bodies.length > 0 ? [element("h4", "", "Body")] : []),
    ...bodies.flatMap(([type, media]) => mediaParts(type, media)),
    ...Object.entries(responses).flatMap(([status, answer]) => answerParts(status, answer)),
  ];

  function parameterTable(): HTMLElement {
    return table(
      parameters.map(({ name, schema, required = false, description = "", ...where }) => ({
        name,
        schema,
        isRequired: required,
        description: [where.in === "query" ? "" : `in the ${where.in}`, description].filter(Boolean).join(": "),
      })),
    );
  }

  function answerParts(status: string, { $ref, description = "", content = {} }: Answer): HTMLElement[] {
    if ($ref !== undefined) {
      const link = element("a", "", nameOf($ref));
      link.setAttribute("href", "#failures");
      return [element("h4", "", "Otherwise"), element("p", "", link)];
    }
    return [
      element("h4", "", status),
      element("p", "", ...inline(description)),
      ...Object.entries(content).flatMap(([type, media]) => mediaParts(type, media)),
    ];
  }

  function mediaParts(type: string, { schema, example }: Media): HTMLElement[] {
    const isText = typeof example === "string";
    return [element("p", "", element("code", "", type)), schemaTable(schema), ...(isText ? [block(example)] : [])];
  }

  function curl(): string {
    const query = parameters.filter((each) => each.in === "query" && each.required).map(({ name }) => `${name}=…`);
    const address = `${location.origin}${path.replaceAll("{", "<").replaceAll("}", ">")}${query.length > 0 ? `?${query.join("&")}` : ""}`;
    const isStream = Object.values(responses).some(({ content }) => content && "text/event-stream" in content);
    const body = sent();
    // What curl takes if it is not told.
    const usual = body.length > 0 ? "POST" : "GET";
    const head = ["curl", ...(isStream ? ["-N"] : []), ...(method === usual ? [] : ["-X", method])];
    const key = security === undefined ? [`-H "Authorization: Bearer $PARLEY_ACCESS_KEY"`] : [];
    return [[...head, `'${address}'`].join(" "), ...key, ...body].join(" \\\n  ");
  }

  function sent(): string[] {
    const json = requestBody?.content["application/json"];
    if (json) {
      const text = JSON.stringify(json.example ?? sample(json.schema)).replaceAll("'", "'\\''");
      return [`-d '${text}'`];
    }
    const form = resolve(requestBody?.content["multipart/form-data"]?.schema ?? {});
    return Object.keys(form.properties ?? {}).map((name) => `-F '${name}=@file'`);
  }

  /** The least that fits, and says something. */
  function sample(given: Schema): unknown {
    const schema = resolve(given);
    if (schema.const !== undefined) return schema.const;
    if (schema.enum) return schema.enum[0];
    const [first] = schema.anyOf ?? schema.oneOf ?? [];
    if (first) return sample(first);
    if (schema.items) return [sample(schema.items)];
    if (schema.properties || schema.type === "object") {
      const { properties = {}, required = Object.keys(properties).slice(0, 1) } = schema;
      const entries = Object.entries(properties).filter(([name]) => required.includes(name));
      return Object.fromEntries(entries.map(([name, each]) => [name, sample(each)]));
    }
    const type = [schema.type ?? "string"].flat()[0];
    return type === "integer" || type === "number" ? 1 : type === "boolean" ? true : "…";
  }

  function resolve(schema: Schema): Schema {
    return schema.$ref === undefined ? schema : (schemas[nameOf(schema.$ref)] ?? {});
  }
}

/** A text as it is, which can be copied. */
export function block(text: string): HTMLElement {
  const button = element("button", "", "Copy");
  button.addEventListener("click", () => {
    void copyText(text).then((isCopied) => (button.textContent = isCopied ? "Copied" : "Not copied"));
  });
  return element("pre", "", element("code", "", text), button);
}
