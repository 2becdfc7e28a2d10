import { isObject } from "../../lib/json.ts";
import { toCamel } from "./names.ts";

/**
 * Their schemas are OpenAPI's, with types in capitals, numbers that may be texts, and `nullable`; everybody else's are
 * JSON Schema: https://ai.google.dev/api/caching#Schema
 */
export function toJsonSchema(schema: unknown): Record<string, unknown> {
  if (!isObject(schema)) return {};
  const { nullable, ...fields } = withNames(schema);
  const told = Object.fromEntries(
    Object.entries(fields).flatMap(([name, value]) => (isOwn(name, value) ? [] : [[name, toMember(name, value)]])),
  );
  if (nullable !== true || told.type === undefined) return told;
  return { ...told, type: [told.type, "null"].flat(), ...(Array.isArray(told.enum) && { enum: [...told.enum, null] }) };
}

function withNames(schema: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(schema).map(([name, value]) => [toCamel(name), value]));
}

/** What JSON Schema does not know, and strict vendors refuse. */
function isOwn(name: string, value: unknown): boolean {
  return name === "propertyOrdering" || name === "example" || (name === "format" && value === "enum");
}

function toMember(name: string, value: unknown): unknown {
  switch (name) {
    case "type":
      return toType(value);
    case "properties":
    case "defs":
    case "$defs":
      return isObject(value)
        ? Object.fromEntries(Object.entries(value).map(([key, each]) => [key, toJsonSchema(each)]))
        : value;
    case "items":
      return toJsonSchema(value);
    case "additionalProperties":
      return isObject(value) ? toJsonSchema(value) : value;
    case "anyOf":
    case "prefixItems":
      return Array.isArray(value) ? value.map(toJsonSchema) : value;
    default:
      return counts.has(name) && typeof value === "string" && /^\d+$/.test(value) ? Number(value) : value;
  }
}

function toType(type: unknown): unknown {
  if (Array.isArray(type)) return type.map(toType);
  return typeof type === "string" ? type.toLowerCase() : type;
}

/** Whole numbers of 64 bits, which JSON of theirs writes as texts. */
const counts = new Set(["minItems", "maxItems", "minLength", "maxLength", "minProperties", "maxProperties"]);
