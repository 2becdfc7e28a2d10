/** JSON as parsers are tested with it: what is right and odd, what is nearly right, what is nothing of the kind. */

const right = [
  "{}",
  '{"":0}',
  '{"a":{},"b":[]}',
  '{"a":"b","a":"b"}',
  '{"a":1,"a":2}',
  '{"__proto__":{"isAdmin":true},"constructor":{"prototype":{"isAdmin":true}}}',
  '{"toString":1,"valueOf":2,"hasOwnProperty":3,"length":-1}',
  '{"then":"x"}',
  '{"\\u0000":"\\u0000"}',
  '{"\\ud800":"\\udfff"}',
  '{"a":"\\ud83d\\ude00\\u2028\\u2029\\ufeff\\uffff\\ufffe"}',
  '{"a":"\\"\\\\\\/\\b\\f\\n\\r\\t"}',
  '{"asd":"sdf","dfg":"fgh"}',
  ' \t\r\n{ "a" : 1 } \r\n\t ',
  '{"min":-1.0e+28,"max":1.0e+28}',
  `{"${"k".repeat(10_000)}":"${"v".repeat(10_000)}"}`,
  `{${Array.from({ length: 5000 }, (_, at) => `"k${at}":${at}`).join(",")}}`,
];

const numbers = [
  ..."0 -0 -0.0 0e1 0e+1 1E400 1e400 -1e400 1e-400 1e999999999 -1e-999999999 0.4e00669999999999999999".split(" "),
  ..."123123e100000 1.7976931348623157e309 5e-324 9007199254740993 -9007199254740993 18446744073709551616".split(" "),
  ..."123456789012345678901234567890 0.1 1.5e+9999 20e1 123.456e78 2147483648 -2147483649 4294967296".split(" "),
  "1".repeat(1000),
  `0.${"0".repeat(1000)}1`,
];

const nearly = [
  ..."1. .1 01 -01 +1 1e 1e+ 1.e1 0x1 0o1 0b1 1_000 1f NaN -NaN Infinity -Infinity +Infinity 1eE2 1e1.5 - -- -a".split(
    " ",
  ),
  ..."nul truee True NULL undefined None nil void (1) `a` 'a' a 1,2 1;2 1n new\u00a0Date() /x/ ! # @ $ % ^ & *".split(
    " ",
  ),
  ...'[1,] [,1] [1,,2] [1 2] [1:2] [ ] ] [[] [}] [1}  [\u00a0] [\u2060] [\ufeff] [*] ["" ["a",4 [1]x [1]] [\u000b]'.split(
    " ",
  ),
  ...'{,} {:1} {a:1} {\'a\':1} {"a"} {"a":} {"a":1,} {"a":1,,"b":2} {"a":1"b":2} {"a"1} {1:1} {null:1}'.split(" "),
  ...'{"a":1]} {"a":[1} {{}} {"a":1}} {"a":1}{"b":2} {"a":1}# {"a"=1} {"a"=>1} {[]:1} {"a":1;}'.split(" "),
  '{"a":1}/* x */',
  '/* x */{"a":1}',
  '{"a":1}// x',
  '{"a":/* x */1}',
  '{"a":"\n"}',
  '{"a":"\t"}',
  '{"a":"\u0000"}',
  '{"a":"\\x41"}',
  '{"a":"\\a"}',
  '{"a":"\\u12"}',
  '{"a":"\\u{41}"}',
  '{"a":"\\uD834\\u00zz"}',
  '{"a":"\\',
  '{"a":"\\u',
  '{"a":"\\ud834\\',
  '{"a":"b',
  '"a',
  '{"a":1}\u0000',
  '\u0000{"a":1}',
  '{"a"\u0000:1}',
  "\u000c{}",
  "\u00a0{}",
  "\u2028{}",
  "",
  " ",
  "\n",
  "\u0000",
  "\ufeff",
  "\ufeff{}",
  "data: {}",
  "<html></html>",
  "a=b&c=d",
  "<?xml version='1.0'?><a/>",
  "---\na: 1\n",
  "\u001e{}\n",
  "{}\n{}\n",
  ")]}',\n{}",
];

const wholes = [
  "null",
  "true",
  "false",
  "0",
  '""',
  '"a"',
  "[]",
  "[{}]",
  "[[]]",
  "[null]",
  '["__proto__"]',
  '[{"a":1}]',
];

const deep = [
  "[".repeat(100_000),
  "[".repeat(100_000) + "]".repeat(100_000),
  '{"a":'.repeat(50_000),
  `${'{"a":'.repeat(50_000)}1${"}".repeat(50_000)}`,
  '[{"":'.repeat(30_000),
  `{"messages":${"[".repeat(5000)}${"]".repeat(5000)}}`,
  ...[126, 127, 128, 129, 130].flatMap((depth) => [
    `{"a":${"[".repeat(depth)}${"]".repeat(depth)}}`,
    `${'{"a":'.repeat(depth)}1${"}".repeat(depth)}`,
  ]),
];

const sample = Buffer.from('{"model":"m","messages":[{"role":"user","content":"é😀\\n"}],"n":-1.5e3,"x":null}');

const bytes: readonly Uint8Array[] = [
  ...[
    [0xff],
    [0xfe, 0xff],
    [0xff, 0xfe, 0x7b, 0, 0x7d, 0],
    [0, 0x7b, 0, 0x7d],
    [0, 0, 0xfe, 0xff, 0, 0, 0, 0x7b, 0, 0, 0, 0x7d],
    [0xef, 0xbb, 0xbf],
    [0xef, 0xbb, 0x7b, 0x7d],
    [0x1f, 0x8b, 8, 0, 0, 0, 0, 0],
    [0x50, 0x4b, 3, 4],
    [0xc0, 0xaf],
    [0xed, 0xa0, 0x80],
    [0xf4, 0x90, 0x80, 0x80],
    [0xf8, 0x88, 0x80, 0x80, 0x80],
    [0x80],
    [0xe2, 0x82],
  ].flatMap((list) => {
    const broken = Buffer.from(list);
    return [broken, Buffer.concat([Buffer.from('{"a":"'), broken, Buffer.from('"}')])];
  }),
  Buffer.from('{"a":"é"}', "latin1"),
  Buffer.from('{"a":"é"}', "utf16le"),
  ...Array.from(sample, (_, at) => sample.subarray(0, at)),
];

export const jsonTorture: readonly (string | Uint8Array)[] = [
  ...right,
  ...numbers.flatMap((number) => [number, `{"a":${number}}`]),
  ...nearly.flatMap((text) => (/^[[{]/.test(text) ? [text, `{"messages":${text}}`] : [text])),
  ...wholes,
  ...deep,
  ...bytes,
];

/** What stands in the place of a value, and no JSON.stringify would write. */
export const rawValues: readonly string[] = [
  ...numbers,
  ...nearly.slice(0, 30),
  "[".repeat(200) + "]".repeat(200),
  `${'{"a":'.repeat(127)}1${"}".repeat(127)}`,
  '"\\ud800"',
  '"\\udc00\\ud800"',
  '{"__proto__":{"type":"text"}}',
  '{"type":"text","type":"image_url"}',
];
