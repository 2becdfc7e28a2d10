import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";
import fc from "fast-check";
import { type FilterTest, type MemoryFilter, parseFilter, type Scalar } from "../../src/protocol/memory-filter.ts";
import { compileFilter } from "../../src/store/memory-filter.ts";

interface Fact {
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly conversation_id: string | null;
  readonly created_at: number;
  readonly updated_at: number;
}

/** What a filter means, in plain words. */
function holds(filter: MemoryFilter, fact: Fact): boolean {
  if ("all" in filter) return filter.all.every((each) => holds(each, fact));
  if ("any" in filter) return filter.any.some((each) => holds(each, fact));
  if ("not" in filter) return !holds(filter.not, fact);
  const { of, key, test: tested } = filter;
  const given = of === "metadata" ? (Object.hasOwn(fact.metadata, key) ? fact.metadata[key] : null) : fact[of];
  return fits(tested, given);
}

function fits(tested: FilterTest, given: unknown): boolean {
  switch (tested.op) {
    case "in":
      return tested.values.some((value) => value === given);
    case "contains":
      if (typeof given === "string") return typeof tested.value === "string" && given.includes(tested.value);
      return Array.isArray(given) && given.includes(tested.value);
    case "icontains": {
      const lower = (text: unknown) => (typeof text === "string" ? text.toLowerCase() : null);
      if (Array.isArray(given)) return given.some((each) => lower(each) === lower(tested.value));
      return lower(given)?.includes(lower(tested.value) ?? "") ?? false;
    }
    default: {
      if (typeof given !== typeof tested.value) return false;
      const order = compare(given as string | number, tested.value);
      return { gte: order >= 0, gt: order > 0, lte: order <= 0, lt: order < 0 }[tested.op];
    }
  }
}

/** Texts by their code points, as UTF-8 orders them. */
function compare(a: string | number, b: string | number): number {
  if (typeof a === "string" && typeof b === "string") return Buffer.compare(Buffer.from(a), Buffer.from(b));
  return Number(a) - Number(b);
}

const text = fc.oneof(
  fc.constantFrom(
    "",
    "a",
    "A",
    "ab",
    "*",
    "?",
    "[a]",
    "]",
    "%",
    "_",
    "'",
    '"',
    "\\",
    "é",
    "É",
    "Ж",
    "ж",
    "漢",
    "👩",
    "$.a",
  ),
  fc.string({ unit: fc.constantFrom("a", "B", "é", "*", "[", "]", "-", "^", '"', "👩"), maxLength: 4 }),
);
const scalar: fc.Arbitrary<Scalar> = fc.oneof(
  text,
  fc.integer({ min: -3, max: 3 }),
  fc.constantFrom(0.5, 1e21, -0.25),
  fc.boolean(),
  fc.constant(null),
);
const key = fc.constantFrom("a", "b", "__proto__", 'x"y', "$", "a.b", "", "é");
const metadata = fc
  .array(fc.tuple(key, fc.oneof(scalar, fc.array(scalar, { maxLength: 3 }), fc.constant({ a: 1 }))), { maxLength: 5 })
  .map((entries): Readonly<Record<string, unknown>> => Object.fromEntries(entries));
const time = fc.integer({ min: 1_700_000_000_000, max: 1_700_000_000_003 });
const fact: fc.Arbitrary<Fact> = fc.record({
  metadata,
  conversation_id: fc.option(text, { nil: null }),
  created_at: time,
  updated_at: time,
});

const ordered = fc.constantFrom("gte", "gt", "lte", "lt");
const operators = fc.oneof(
  scalar,
  fc.record({ eq: scalar }),
  fc.record({ ne: scalar }),
  fc.record({ in: fc.array(scalar, { maxLength: 4 }) }),
  fc.record({ contains: scalar }),
  fc.record({ icontains: text }),
  fc.tuple(ordered, fc.oneof(text, fc.integer({ min: -3, max: 3 }))).map(([op, value]) => ({ [op]: value })),
  fc.record({ gte: fc.integer({ min: -3, max: 3 }), lt: fc.integer({ min: -3, max: 3 }) }),
);
const times = fc.oneof(
  time,
  fc.tuple(ordered, time).map(([op, value]) => ({ [op]: value })),
  time.map((ms) => ({ lte: new Date(ms).toISOString() })),
);
const { filter } = fc.letrec<{ filter: object }>((tie) => ({
  filter: fc.oneof(
    { maxDepth: 4 },
    fc.tuple(key, operators).map(([name, value]) => ({ metadata: { [name]: value } })),
    fc.tuple(fc.constantFrom("a", "b"), operators).map(([name, value]) => ({ [name]: value })),
    operators.map((value) => ({ conversation_id: value })),
    fc.tuple(fc.constantFrom("created_at", "updated_at"), times).map(([name, value]) => ({ [name]: value })),
    fc
      .tuple(fc.constantFrom("AND", "OR", "NOT"), fc.array(tie("filter"), { minLength: 1, maxLength: 3 }))
      .map(([name, list]) => ({ [name]: list })),
  ),
}));

test("a filter in SQL lets through what it says in plain words", () => {
  using database = new Database(":memory:");
  database.run(
    "CREATE TABLE memories (id INTEGER PRIMARY KEY, metadata TEXT, conversation_id TEXT, created_at INTEGER, updated_at INTEGER)",
  );
  const insert = database.query("INSERT INTO memories VALUES (?, ?, ?, ?, ?)");
  fc.assert(
    fc.property(fc.array(fact, { minLength: 1, maxLength: 6 }), filter, (facts, given) => {
      database.run("DELETE FROM memories");
      for (const [id, each] of facts.entries())
        insert.run(id, JSON.stringify(each.metadata), each.conversation_id, each.created_at, each.updated_at);
      const parsed = parseFilter(given, "filters");
      const { sql, values } = compileFilter(parsed);
      const found = database
        .query<{ id: number }, (string | number)[]>(`SELECT m.id FROM memories AS m WHERE ${sql} ORDER BY m.id`)
        .all(...values)
        .map(({ id }) => id);
      expect(found).toEqual(facts.flatMap((each, id) => (holds(parsed, each) ? [id] : [])));
    }),
    { numRuns: 2000 },
  );
});
