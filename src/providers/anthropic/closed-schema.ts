import { isObject } from "../../lib/json.ts";

/**
 * A schema as the vendor takes one: every object is closed, and what it can hold no model to is said in the description,
 * since it refuses a schema that has more. `undefined` for one that wants an object of any members: a closed one would
 * have none.
 *
 * https://platform.claude.com/docs/en/build-with-claude/structured-outputs#json-schema-limitations
 */
export function toClosedSchema(schema: Readonly<Record<string, unknown>>): Record<string, unknown> | undefined {
  let isOpen = false;
  const closed = close(schema);
  return isOpen ? undefined : closed;

  function close(open: Readonly<Record<string, unknown>>): Record<string, unknown> {
    const kept: Record<string, unknown> = {};
    const rest: Record<string, unknown> = {};
    for (const [name, value] of Object.entries(open)) {
      if (maps.has(name) && isObject(value))
        kept[name] = Object.fromEntries(Object.entries(value).map(([key, each]) => [key, closeAny(each)]));
      else if (lists.has(name) && Array.isArray(value)) kept[name === "oneOf" ? "anyOf" : name] = value.map(closeAny);
      else if (name === "items") kept.items = closeAny(value);
      else if (isKept(name, value)) kept[name] = value;
      else if (name !== "$schema" && name !== "additionalProperties") rest[name] = value;
    }
    if ([open.type].flat().includes("object") || isObject(open.properties)) {
      isOpen ||=
        !isObject(open.properties) || isObject(open.additionalProperties) || open.additionalProperties === true;
      kept.additionalProperties = false;
    }
    if (Object.keys(rest).length === 0) return kept;
    const description = typeof open.description === "string" ? `${open.description} ` : "";
    return { ...kept, description: `${description}${JSON.stringify(rest)}` };
  }

  function closeAny(value: unknown): unknown {
    return isObject(value) ? close(value) : value;
  }
}

const maps = new Set(["properties", "$defs", "definitions"]);
const lists = new Set(["anyOf", "oneOf", "allOf"]);
const plain = new Set(["type", "required", "enum", "const", "$ref", "description", "title", "default"]);
const formats = new Set<unknown>("date-time time date duration email hostname uri ipv4 ipv6 uuid".split(" "));

function isKept(name: string, value: unknown): boolean {
  if (name === "format") return formats.has(value);
  if (name === "minItems") return value === 0 || value === 1;
  return plain.has(name);
}
