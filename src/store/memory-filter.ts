import type { FilterTest, MemoryCondition, MemoryFilter, Scalar } from "../protocol/memory-filter.ts";

/** A condition on rows of `memories AS m`, never NULL, and what is bound to it in order. */
export interface CompiledFilter {
  readonly sql: string;
  readonly values: readonly (string | number)[];
}

/** Everything of a caller's is bound, names of keys too: the text is made of nothing but what stands here. */
export function compileFilter(filter: MemoryFilter | undefined): CompiledFilter {
  if (filter === undefined) return { sql: "1", values: [] };
  if ("all" in filter) return join(filter.all.map(compileFilter), " AND ", "1");
  if ("any" in filter) return join(filter.any.map(compileFilter), " OR ", "0");
  if ("not" in filter) {
    const { sql, values } = compileFilter(filter.not);
    return { sql: `NOT (${sql})`, values };
  }
  return filter.of === "metadata" ? compileMember(filter) : compileColumn(filter);
}

const signs = { gte: ">=", gt: ">", lte: "<=", lt: "<" } as const;

function compileColumn({ of, test }: MemoryCondition): CompiledFilter {
  const column = `m.${of}`;
  switch (test.op) {
    case "in": {
      const { found, hasNull } = toFound(test.values, (type) =>
        type === "string" || of !== "conversation_id" ? column : "NULL",
      );
      return { sql: `(coalesce(${found.sql}, 0)${hasNull ? ` OR ${column} IS NULL` : ""})`, values: found.values };
    }
    case "contains":
      return typeof test.value === "string"
        ? { sql: `coalesce(instr(${column}, ?) > 0, 0)`, values: [test.value] }
        : { sql: "0", values: [] };
    case "icontains":
      return { sql: `coalesce(${column} GLOB ?, 0)`, values: [`*${toAnyCase(test.value)}*`] };
    default:
      // To SQLite every text is greater than every number.
      return (typeof test.value === "string") === (of === "conversation_id")
        ? { sql: `coalesce(${column} ${signs[test.op]} ?, 0)`, values: [test.value] }
        : { sql: "0", values: [] };
  }
}

/** A row that is damaged has none, and ends no query. */
const members = "json_each(CASE WHEN json_valid(m.metadata) THEN m.metadata ELSE '{}' END) AS e";

/** Of a key of metadata, which any text may be: `json_each` compares it as a value, where a path would read it. */
function compileMember({ key, test }: MemoryCondition): CompiledFilter {
  const { sql, values } = compileTest(test);
  const found = `EXISTS (SELECT 1 FROM ${members} WHERE e.key = ? AND ${sql})`;
  if (test.op !== "in" || !test.values.includes(null)) return { sql: found, values: [key, ...values] };
  const missing = `NOT EXISTS (SELECT 1 FROM ${members} WHERE e.key = ? AND e.type <> 'null')`;
  return { sql: `(${found} OR ${missing})`, values: [key, ...values, key] };
}

function compileTest(test: FilterTest): CompiledFilter {
  switch (test.op) {
    case "in":
      return compileIn(test.values, "e");
    case "contains": {
      const member = compileIn([test.value], "i");
      const isMember = `e.type = 'array' AND EXISTS (SELECT 1 FROM json_each(e.value) AS i WHERE ${member.sql})`;
      return typeof test.value === "string"
        ? {
            sql: `(e.type = 'text' AND instr(e.atom, ?) > 0 OR ${isMember})`,
            values: [test.value, ...member.values],
          }
        : { sql: isMember, values: member.values };
    }
    case "icontains": {
      const pattern = toAnyCase(test.value);
      return {
        sql: `(e.type = 'text' AND e.atom GLOB ? OR e.type = 'array' AND EXISTS
          (SELECT 1 FROM json_each(e.value) AS i WHERE i.type = 'text' AND i.atom GLOB ?))`,
        values: [`*${pattern}*`, pattern],
      };
    }
    default:
      return {
        sql: `${typesOf(typeof test.value, "e")} AND e.atom ${signs[test.op]} ?`,
        values: [test.value],
      };
  }
}

/** Whether the value of a row of `json_each` is one of these, of the same type. */
function compileIn(values: readonly Scalar[], row: "e" | "i"): CompiledFilter {
  const { found, hasNull } = toFound(values, (type) => `CASE WHEN ${typesOf(type, row)} THEN ${row}.atom END`);
  const booleans = values.filter((value) => typeof value === "boolean").map((value) => `'${value}'`);
  const plain = [...new Set(hasNull ? [...booleans, "'null'"] : booleans)];
  const isPlain = plain.length > 0 ? ` OR ${row}.type IN (${plain.join(", ")})` : "";
  return { sql: `(coalesce(${found.sql}, 0)${isPlain})`, values: found.values };
}

function toFound(values: readonly Scalar[], valueOf: (type: "string" | "number") => string) {
  const texts = values.filter((value) => typeof value === "string");
  const numbers = values.filter((value) => typeof value === "number");
  const marks = (count: number) => Array.from({ length: count }, () => "?").join(", ");
  const parts = [
    ...(texts.length > 0 ? [`coalesce(${valueOf("string")} IN (${marks(texts.length)}), 0)`] : []),
    ...(numbers.length > 0 ? [`coalesce(${valueOf("number")} IN (${marks(numbers.length)}), 0)`] : []),
  ];
  return {
    found: { sql: parts.length > 0 ? `(${parts.join(" OR ")})` : "0", values: [...texts, ...numbers] },
    hasNull: values.includes(null),
  };
}

function typesOf(type: string, row: "e" | "i"): string {
  return type === "string" ? `${row}.type = 'text'` : `${row}.type IN ('integer', 'real')`;
}

/** A pattern of GLOB for a text in any case: SQLite's own comparison knows the cases of ASCII alone. */
function toAnyCase(text: string): string {
  return Array.from(text.toWellFormed(), (letter) => {
    const upper = letter.toUpperCase();
    const cases = new Set([letter, letter.toLowerCase(), upper, upper.toLowerCase()]);
    // What becomes two letters, as ß does, stands for itself alone.
    const single = [...cases].filter((each) => [...each].length === 1);
    return single.length > 1 || /[*?[]/.test(letter) ? `[${single.join("")}]` : letter;
  }).join("");
}

function join(parts: readonly CompiledFilter[], by: string, ofNone: string): CompiledFilter {
  if (parts.length === 0) return { sql: ofNone, values: [] };
  return { sql: `(${parts.map(({ sql }) => sql).join(by)})`, values: parts.flatMap(({ values }) => values) };
}
