import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { Tool } from "../../../src/protocol/chat.ts";
import type { RunEvent, ToolCall } from "../../../src/protocol/events.ts";
import { createToolCallParser } from "../../../src/runs/emulation/tool-calls.ts";

const tools = ["f", "get_weather"].map((name): Tool => ({ type: "function", function: { name } }));

function parse(pieces: readonly string[]): RunEvent[] {
  const parser = createToolCallParser(tools);
  const events: RunEvent[] = [];
  for (const piece of pieces) parser.push(piece, events);
  parser.end(events);
  return events;
}

/** What a text becomes: `[name arguments]`, and the rest as it is. */
function read(pieces: readonly string[]): string {
  return parse(pieces)
    .map((event) => {
      if (event.type === "content") return event.content;
      if (event.type !== "tool_calls") throw new Error(`unexpected ${event.type}`);
      return event.tool_calls.map(({ function: called }) => `[${called.name} ${called.arguments}]`).join("");
    })
    .join("");
}

function callsOf(text: string): ToolCall[] {
  return parse([text]).flatMap((event) => (event.type === "tool_calls" ? event.tool_calls : []));
}

const f = '<tool_call>{"name": "f", "arguments": {"a": 1}}</tool_call>';
const F = '[f {"a":1}]';
const unknown = '<tool_call>{"name": "g", "arguments": {}}</tool_call>';
const tagged = (body: string) => `<tool_call>${body}</tool_call>`;
const same = (name: string, text: string) => [name, text, text] as const;

const cases: readonly (readonly [name: string, text: string, expected: string])[] = [
  same("no tag", "Hello <b>you</b>, 1 < 2"),
  ["a call alone", f, F],
  ["a call after text, and text after a call", `Well: ${f} So.`, `Well: ${F} So.`],
  ["several calls", `${f}\n${f}${f}`, `${F}${F}${F}`],
  ["blanks around calls are dropped, but not beside text", `\n\n${f}\n\n${f}\n`, `${F}${F}`],
  ["blanks before a call are no part of what follows it", `\n${f}b`, `${F}b`],
  ["blanks after a call are dropped at the end, text before it or not", `a\n${f}\n`, `a\n${F}`],
  ["blanks before text stay", ` \n a${f}\n\nb`, ` \n a${F}\n\nb`],
  same("blanks alone are an answer", " \n "),
  ["blanks within the tags", tagged('\n  {"name" : "f",\n "arguments" : { "a" : 1 } }\n'), F],
  ["parameters instead of arguments", tagged('{"name":"f","parameters":{"a":1}}'), F],
  ["no arguments", tagged('{"name":"f"}'), "[f {}]"],
  ["null as arguments", tagged('{"name":"f","arguments":null}'), "[f {}]"],
  ["nothing as arguments", tagged('{"name":"f","arguments":""}'), "[f {}]"],
  [
    "arguments that are JSON in a string are kept",
    tagged(String.raw`{"name":"f","arguments":"{\"a\": 1}"}`),
    '[f {"a": 1}]',
  ],
  ["arguments escaped twice", tagged(String.raw`{"name":"f","arguments":"{\\\"a\\\": 1}"}`), F],
  ["arguments in a string in a string", tagged(String.raw`{"name":"f","arguments":"\"{\\\"a\\\": 1}\""}`), F],
  ["a call escaped as a whole", tagged(String.raw`{\"name\": \"f\", \"arguments\": {\"a\": 1}}`), F],
  ["a list of calls", tagged('[{"name":"f","arguments":{"a":1}},{"name":"get_weather"}]'), `${F}[get_weather {}]`],
  [
    "calls as OpenAI writes them",
    tagged('{"tool_calls":[{"id":"x","type":"function","function":{"name":"f","arguments":"{}"}}]}'),
    "[f {}]",
  ],
  ["a fence within the tags", tagged('\n```json\n{"name":"f","arguments":{"a":1}}\n```\n'), F],
  ["trailing commas", tagged('{"name":"f","arguments":{"a":1 , },}'), F],
  ["a comma in a string before a bracket stays", tagged('{"name":"f","arguments":{"a":",]"},}'), '[f {"a":",]"}]'],
  ["bare line ends in strings", tagged('{"name":"f","arguments":{"a":"b\nc\td"}}'), String.raw`[f {"a":"b\nc\td"}]`],
  ["a missing closing tag at the end", f.slice(0, -12), F],
  ["half a closing tag at the end", `${f.slice(0, -4)}`, F],
  ["a missing closing tag before the next call", `${f.slice(0, -12)}\n${f}`, F + F],
  same("a call that breaks off is text", '<tool_call>{"name": "f", "arguments": {"a": 1'),
  same("the beginning of a tag at the end is text", "a <tool_ca"),
  same("an opening tag alone is text", "a <tool_call>"),
  same("a closing tag alone is text", "a</tool_call>b"),
  same("a tool that was not offered", `a${unknown}b`),
  same("a list with a tool that was not offered", tagged('[{"name":"f"},{"name":"g"}]')),
  same("an empty list", tagged("[]")),
  same("no call in the tags", tagged("see below")),
  same("arguments that are no object", tagged('{"name":"f","arguments":[1]}') + tagged('{"name":"f","arguments":"x"}')),
  ["a call after half a tag", `<${f}<tool_${f}`, `<${F}<tool_${F}`],
  ["a call after what is none", `<tool_call>oh ${f}`, `<tool_call>oh ${F}`],
  ["a call after one that was not offered", `${unknown}${f}`, `${unknown}${F}`],
  [
    "tags in an argument are part of it",
    tagged('{"name":"f","arguments":{"a":"\\"<tool_call>x</tool_call>"}}'),
    '[f {"a":"\\"<tool_call>x</tool_call>"}]',
  ],
  [
    "a string that never closes hides no later call",
    `${tagged('{"name": "f}')}a${f}`,
    `${tagged('{"name": "f}')}a${F}`,
  ],
  same("in a code span it is text", `Write \`${f}\` so`),
  ["after an odd backtick in a fence", `a \` b\n\`\`\`json\n${f}\n\`\`\`\n`, `a \` b\n${F}`],
  same("in a fence that seems to begin in another", '```python\n```json\n{"name":"f","arguments":{}}\n```\n'),
  ["right after a code span", `\`a\`${f}`, `\`a\`${F}`],
  ["an odd backtick hides no call on a line of its own", `5\` long\n${f}`, `5\` long\n${F}`],
  same("in a fence with other text it is text", `\`\`\`xml\n# so:\n${f}\n\`\`\`\n`),
  same("in a fence with text after it it is text", `\`\`\`\n${f}\nand so on\n\`\`\`\nb`),
  same("in a fence of a language that holds no calls", `\`\`\`python\n${f}\n\`\`\`\n`),
  ["after a fence", `\`\`\`\n${unknown}\n\`\`\`\n${f}`, `\`\`\`\n${unknown}\n\`\`\`\n${F}`],
  ["a fence that is just the call", `So:\n\`\`\`xml\n${f}\n\`\`\`\n`, `So:\n${F}`],
  ["a fence that is just calls", `\`\`\`\n\n${f}\n${f}\n\n\`\`\`\nb`, `${F}${F}b`],
  ["a longer fence around a call", `\`\`\`\`json\n${f}\n\`\`\`\`\n`, F],
  ["a fence of lines that end as on Windows", `\`\`\`json\r\n${f}\r\n\`\`\`\r\n`, F],
  ["a fence that is not closed", `\`\`\`json\n${f}`, F],
  ["a fence with half a call", `\`\`\`json\n${f.slice(0, -12)}\n\`\`\``, F],
  same("a fence of calls with one that was not offered", `\`\`\`\n${f}${unknown}\n\`\`\``),
  ["a fence of its own language", '```tool_call\n{"parameters":{"a":1},"name":"f"}\n```', F],
  ["JSON in a fence that calls", '```json\n{ "name": "f", "arguments": {"a":1} }\n```\nb', `${F}b`],
  ["a list of JSON in a fence that calls", '```\n[{"name":"f","arguments":{"a":1}}]\n```', F],
  same("JSON in a fence that is no call", '```json\n{"name":"f","version":"1.0.0"}\n```'),
  same("JSON in a fence that defines the tool", '```json\n{"name":"f","parameters":{"type":"object"}}\n```'),
  same("JSON in a fence with another name", '```json\n{"name":"package","arguments":{}}\n```'),
  same("JSON outside a fence", '{"name":"f","arguments":{}}'),
  same("an empty fence", "```json\n```\n"),
  same("a fence's first line alone", "```json"),
  same("a span of three backticks", `\`\`\`a\`\`\` and \`\`\`${f}\`\`\``),
];

describe("calls in a text", () => {
  for (const [name, text, expected] of cases) {
    test(name, () => {
      expect(read([text])).toBe(expected);
      expect(read(text.split(""))).toBe(expected);
      for (let cut = 1; cut < text.length; cut++) expect(read([text.slice(0, cut), text.slice(cut)])).toBe(expected);
    });
  }

  test("are whole, numbered through the answer, with an id of their own each", () => {
    const calls = callsOf(`${f}${tagged('[{"name":"f"},{"name":"f"}]')}a${f}`);
    expect(calls.map(({ index }) => index)).toEqual([0, 1, 2, 3]);
    expect(calls[0]).toEqual({
      index: 0,
      id: expect.stringMatching(/^call_.{22}$/),
      type: "function",
      function: { name: "f", arguments: '{"a":1}' },
    });
    expect(new Set(calls.map(({ id }) => id)).size).toBe(4);
  });

  test("each is an event of its own", () => {
    expect(parse([`a${tagged('[{"name":"f"},{"name":"f"}]')}`]).map(({ type }) => type)).toEqual([
      "content",
      "tool_calls",
      "tool_calls",
    ]);
  });

  test("come as soon as they are closed, and text at once, unless a tag may begin", () => {
    const parser = createToolCallParser(tools);
    const after = (text: string) => {
      const events: RunEvent[] = [];
      parser.push(text, events);
      return events.map((event) => (event.type === "content" ? event.content : event.type));
    };
    expect(after("Hel")).toEqual(["Hel"]);
    expect(after("lo <tool")).toEqual(["lo "]);
    expect(after("bar")).toEqual(["<toolbar"]);
    expect(after("`x` ```")).toEqual(["`x` ```"]);
    expect(after(" ``` \n\n```js")).toEqual([" ``` \n\n"]);
    expect(after("\n")).toEqual(["```js\n"]);
    expect(after("```\n```json\n{ ")).toEqual(["```\n"]);
    expect(after('"a"')).toEqual(['```json\n{ "a"']);
    expect(after(`\n\`\`\`\n${f}`)).toEqual(["\n```\n", "tool_calls"]);
    expect(after("\na<tool_call>b<</tool_call>")).toEqual(["\na<tool_call>b<</tool_call>"]);
  });
});

const fragment = fc.constantFrom(
  f,
  unknown,
  "<tool_call>",
  "</tool_call>",
  '{"name":"f"}',
  '{"name":"f","arguments":{}}',
  "<tool_",
  "call>",
  "<",
  '"',
  "\\",
  "`",
  "```",
  "```json\n",
  "```tool_call\n",
  "\n```\n",
  "~~~",
  "\n",
  "\r\n",
  " ",
  "a",
  "👋",
);
const texts = fc.array(fragment, { maxLength: 14 }).map((parts) => parts.join(""));

describe("any text", () => {
  test("means the same wherever it is cut", () => {
    fc.assert(
      fc.property(texts, fc.array(fc.nat({ max: 300 }), { maxLength: 10 }), (text, cuts) => {
        const sorted = [0, ...cuts.filter((cut) => cut < text.length), text.length].sort((a, b) => a - b);
        const expected = read([text]);
        expect(read(sorted.slice(1).map((end, index) => text.slice(sorted[index], end)))).toBe(expected);
        expect(read(text.split(""))).toBe(expected);
      }),
      { numRuns: 3000 },
    );
  });

  test("goes out whole where it calls nothing that was offered", () => {
    fc.assert(
      fc.property(texts, (text) => {
        const none = text.replaceAll('"f"', '"g"');
        expect(read([none])).toBe(none);
      }),
      { numRuns: 2000 },
    );
  });

  test("is held up to 1 MiB in a tag or a fence that never closes, and then is text", () => {
    for (const opening of ["<tool_call>", "```tool_call\n", '<tool_call>"</tool_call>']) {
      const parser = createToolCallParser(tools);
      const events: RunEvent[] = [];
      parser.push(opening + "x".repeat(1024 * 1024 - opening.length - 1), events);
      expect(events).toEqual([]);
      parser.push("x", events);
      expect(events.length).toBe(1);
      parser.push("y", events);
      parser.end(events);
      const said = events.map((event) => (event.type === "content" ? event.content : "?")).join("");
      expect(said).toBe(`${opening}${"x".repeat(1024 * 1024 - opening.length)}y`);
    }
  });

  test("of blanks alone is held up to 1 MiB as well", () => {
    const parser = createToolCallParser(tools);
    const events: RunEvent[] = [];
    parser.push(" ".repeat(1024 * 1024), events);
    expect(events).toEqual([]);
    parser.push(" ", events);
    expect(events).toEqual([{ type: "content", content: " ".repeat(1024 * 1024 + 1) }]);
  });

  test("a call of a little less than 1 MiB is a call", () => {
    const text = tagged(JSON.stringify({ name: "f", arguments: { a: "x".repeat(1024 * 1000) } }));
    expect(callsOf(text)[0]?.function.arguments?.length).toBe(1024 * 1000 + 8);
  });

  test("takes time in proportion to its length", () => {
    const hidden = '<tool_call>"</tool_call>';
    const hard: readonly (readonly [first: string, again: string])[] = [
      ["", "<"],
      ["", "<tool_call>"],
      ["", "`"],
      ["", "`\n"],
      ["", "```\n"],
      ["", f],
      ["", hidden],
      [hidden, String.raw`<tool_call>\"</tool_call>`],
      ["<tool_call>", String.raw`\"`],
      ["<tool_call>", "{,"],
      ["<tool_call>", "[ "],
      ["```tool_call\n", "<tool_call>`\n"],
      ["```tool_call\n", "\n``` "],
      ["", " \n"],
      ["```", "a"],
    ];
    for (const [first, again] of hard) {
      const time = (length: number, size: number) => {
        const text = (first + again.repeat(length / again.length)).slice(0, length);
        const pieces = Array.from({ length: length / size }, (_, index) =>
          text.slice(index * size, (index + 1) * size),
        );
        const startedAt = performance.now();
        parse(pieces);
        return performance.now() - startedAt;
      };
      for (const size of [1, 8192]) {
        const best = (length: number) => Math.min(...[1, 2].map(() => time(length, size)));
        // Sixteen times the text: in quadratic time it took 256 times as long.
        const [short, long] = [best(2 ** 13), best(2 ** 17)];
        expect({ first, again, size, isLinear: long < 80 * short + 50 }).toEqual({
          first,
          again,
          size,
          isLinear: true,
        });
      }
    }
  });
});
