import { arrayAt, at, isObject, textAt } from "../../lib/json.ts";

/** The fields that one model takes, as its own schema tells; every field where it tells none. */
export interface Fields {
  has(name: string): boolean;
  /** The values of a field that has only some. */
  valuesOf(name: string): readonly unknown[];
  isList(name: string): boolean;
  defaultOf(name: string): unknown;
}

/** Reads `openapi_schema` of a version: https://replicate.com/docs/reference/http#models.versions.get */
export function readFields(schema: unknown): Fields | undefined {
  const schemas = at(schema, "components", "schemas");
  const properties = at(schemas, "Input", "properties");
  if (!isObject(properties)) return undefined;
  // A choice is a schema of its own: `{"allOf": [{"$ref": "#/components/schemas/aspect_ratio"}], "default": "1:1"}`.
  const choiceOf = (name: string) => {
    const reference = textAt(properties, name, "allOf", 0, "$ref") ?? textAt(properties, name, "$ref");
    return at(schemas, reference?.replace(/^.*\//, "") ?? "");
  };
  return {
    has: (name) => Object.hasOwn(properties, name),
    valuesOf: (name) => [...arrayAt(properties, name, "enum"), ...arrayAt(choiceOf(name), "enum")],
    isList: (name) => textAt(properties, name, "type") === "array",
    defaultOf: (name) => at(properties, name, "default"),
  };
}

/** Of a model whose schema is not known. */
export const anyFields: Fields = {
  has: () => true,
  valuesOf: () => [],
  isList: () => false,
  defaultOf: () => undefined,
};
