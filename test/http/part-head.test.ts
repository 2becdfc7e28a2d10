import { describe, expect, test } from "bun:test";
import { parsePartHead } from "../../src/http/part-head.ts";

const nameOf = (parameters: string) =>
  parsePartHead(`Content-Disposition: form-data; name="f"; ${parameters}`).fileName;

describe("the name of a file", () => {
  const spellings: readonly (readonly [parameters: string, name: string | undefined])[] = [
    ['filename="a.png"', "a.png"],
    ["filename=a.png", "a.png"],
    ["filename=my file.png ", "my file.png"],
    ["FileName = a.png;", "a.png"],
    ['filename="naïve 日本 😀.txt"', "naïve 日本 😀.txt"],
    ['filename=""', ""],
    ["filename=", ""],
    ["x=y", undefined],
    ['filename="a;b=c.txt"; x=y', "a;b=c.txt"],
    ['filename="a\\"b.txt"', 'a"b.txt'],
    ['filename="a%22b.txt"', 'a"b.txt'],
    ['filename="100%.txt"', "100%.txt"],
    ['filename="a%0d%0Ab"', "a\r\nb"],
    ['filename="/etc/passwd"', "passwd"],
    ['filename="../../a.txt"', "a.txt"],
    ['filename="C:\\dir\\a.txt"', "a.txt"],
    ['filename="C:\\\\dir\\\\a.txt"', "a.txt"],
    ['filename="a\\"', ""],
    ['filename="dir/"', ""],
    ['filename=".."', ".."],
    ['filename="a.txt"; filename="b.txt"', "a.txt"],
    ["filename=\"euro.txt\"; filename*=UTF-8''%e2%82%ac.txt", "€.txt"],
    ["filename*=utf-8'en'%e2%82%ac.txt; filename=\"euro.txt\"", "€.txt"],
    ["filename*=UTF-8''..%2Fa.txt", "a.txt"],
    ["filename*=UTF-8''%e2%82; filename=\"euro.txt\"", "euro.txt"],
    ["filename*=UTF-8''%zz; filename=\"euro.txt\"", "euro.txt"],
    ["filename*=EUC-JP''%a4; filename=\"euro.txt\"", "euro.txt"],
    ["filename*=nonsense", undefined],
  ];
  for (const [parameters, name] of spellings) {
    test(`of ${parameters}`, () => expect(nameOf(parameters)).toBe(name));
  }
});

test("a field's name and a type are as they were sent", () => {
  expect(
    parsePartHead('CONTENT-TYPE:  Text/Plain; charset="x" \r\ncontent-disposition: FORM-DATA;name=ä%22[]'),
  ).toEqual({
    field: 'ä"[]',
    fileName: undefined,
    type: 'Text/Plain; charset="x"',
  });
});
