import type { TSchema } from "@sinclair/typebox";
import { nameOf, wordsOf, wordsOfProperty } from "./names.ts";

export type Json = Readonly<Record<string, unknown>>;

/** The schemas of a document: what has a name is written once, and referred to. */
export interface Schemas {
  readonly components: Readonly<Record<string, Json>>;
  refer(schema: TSchema): Json;
}

/** What JSON Schema has as well, and means the same by. */
const kept = (
  "type format pattern const default examples description " +
  "minLength maxLength minItems maxItems maxProperties minimum maximum exclusiveMinimum"
).split(" ");

export function createSchemas(): Schemas {
  const components: Record<string, Json> = {};
  return { components, refer };

  function refer(schema: TSchema): Json {
    const name = nameOf(schema);
    if (name === undefined) return convert(schema);
    // Before what is in it: a schema may name itself.
    components[name] ??= {};
    if (Object.keys(components[name]).length === 0) {
      const description = wordsOf(name);
      components[name] = { ...convert(schema), ...(description && { description }) };
    }
    return { $ref: `#/components/schemas/${name}` };
  }

  function convert(schema: TSchema): Json {
    if (schema.shown) return refer(schema.shown);
    if (schema.anyOf) return union(schema.anyOf.filter((each: TSchema) => each.type !== "undefined"));
    if (schema.allOf) return { allOf: schema.allOf.map(refer) };
    const keywords = Object.fromEntries(kept.filter((name) => name in schema).map((name) => [name, schema[name]]));
    if (schema.items) return { ...keywords, items: refer(schema.items) };
    // TypeBox has names of any kind as a pattern.
    if (schema.patternProperties)
      return {
        ...keywords,
        additionalProperties: refer(Object.values<TSchema>(schema.patternProperties)[0] ?? schema),
      };
    return schema.properties ? { ...keywords, ...object(schema) } : keywords;
  }

  function object({ properties, required = [] }: TSchema): Json {
    const there = Object.entries<TSchema>(properties).filter(([, schema]) => schema.type !== "undefined");
    const entries = there.map(([name, schema]) => {
      const description = wordsOfProperty(name, schema);
      return [name, { ...refer(schema), ...(description && { description }) }];
    });
    return { properties: Object.fromEntries(entries), ...(required.length > 0 && { required }) };
  }

  function union(members: readonly TSchema[]): Json {
    const values = members.map((each) => each.const);
    if (values.every((value) => typeof value === "string")) return { type: "string", enum: values };
    const [one, none] = members.map(refer);
    const isPlain = members.length === 2 && none?.type === "null" && typeof one?.type === "string" && !one.enum;
    if (isPlain) return { ...one, type: [one.type, "null"] };
    for (const propertyName of ["type", "op"]) {
      const mapping = toMapping(members, propertyName);
      if (mapping) return { oneOf: members.map(refer), discriminator: { propertyName, mapping } };
    }
    return { anyOf: members.map(refer) };
  }

  /** Where a property tells the members of a union apart, and all of them have names. */
  function toMapping(members: readonly TSchema[], property: string): Record<string, string> | undefined {
    const mapping: Record<string, string> = {};
    for (const member of members) {
      const value: unknown = member.properties?.[property]?.const;
      const name = nameOf(member);
      if (typeof value !== "string" || name === undefined || value in mapping) return undefined;
      mapping[value] = `#/components/schemas/${name}`;
    }
    return mapping;
  }
}
