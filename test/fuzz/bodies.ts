import type { TSchema } from "@sinclair/typebox";
import fc from "fast-check";
import { boundary, field, type PartText, toForm } from "../support/form.ts";
import { rightBodies } from "../support/right-bodies.ts";
import { type Body, contentsOf, type FuzzedRoute } from "./input.ts";
import { formTorture, oddFiles } from "./lists/forms.ts";
import { jsonTorture } from "./lists/json.ts";
import { traversals } from "./lists/paths.ts";
import { naughtyStrings } from "./lists/strings.ts";
import { bodiesFor } from "./prepare.ts";
import { nearly, textOf, toText, valueOf } from "./values.ts";

export function bodyOf({ hooks, path }: FuzzedRoute): fc.Arbitrary<Body> {
  const contents = Object.entries(contentsOf(hooks.body));
  const json = jsonOf(contents.find(([type]) => type === "application/json")?.[1], path);
  const bodies = contents.map(([type, schema]) =>
    type === "multipart/form-data"
      ? formOf(schema)
      : type === "application/json"
        ? json
        : fc.constantFrom(...oddFiles).map(([, content]) => ({ type, content })),
  );
  return fc
    .tuple(fc.oneof(...(bodies.length === 0 ? [json] : bodies)), fc.nat(9))
    .map(([body, chunked]) => ({ ...body, ...(chunked === 0 && { isChunked: true }) }));
}

function jsonOf(schema: TSchema | undefined, path: string): fc.Arbitrary<Body> {
  const theirs = rightBodies
    .filter(([each]) => each === path || (path.endsWith("*") && each.startsWith(path.slice(0, -1))))
    .map(([, body]) => body);
  const isTold = schema?.properties !== undefined && Object.keys(schema.properties).length > 0;
  // Of another's API the schema says nothing: what is right in one may be so in its neighbour.
  const made = bodiesFor(path).map((body): unknown => JSON.parse(body));
  const right = isTold
    ? fc.oneof(valueOf(schema), ...(made.length > 0 ? [fc.constantFrom(...made)] : []))
    : fc.constantFrom<unknown>(...(theirs.length > 0 ? theirs : rightBodies.map(([, body]) => body)), ...ownBodies);
  return fc
    .oneof(
      { weight: 5, arbitrary: right.map(toText) },
      { weight: 6, arbitrary: nearly(right) },
      { weight: 1, arbitrary: fc.constantFrom(...jsonTorture) },
    )
    .map((content) => ({ content }));
}

/** What is right where a schema says no more than that it is an object: by the names that things go by. */
const ownBodies: readonly object[] = [
  { items: [{ role: "user", content: "I like cats" }], id: "c" },
  { memory: "likes cats", metadata: { a: 1 } },
  { updated: 1, title: "t", items: [{ content: '<img src="/media/a">' }] },
  { jsonrpc: "2.0", id: 1, method: "tools/list", params: {} },
  {
    jsonrpc: "2.0",
    id: 1,
    method: "tools/call",
    params: { name: "ask_model", arguments: { prompt: "a", model: "Fuzz/m" } },
  },
  { jsonrpc: "2.0", id: 1, method: "resources/read", params: { uri: "parley://files/bucket-1/a.txt" } },
  { model: "text-embedding-m", input: ["a", "b"] },
  { model: "image-m", prompt: "a cat", n: 1, size: "1x1" },
  { model: "tts-m", input: "Hello", voice: "v" },
  { model: "m", prompt: "Hello", stream: false },
  { model: "m", name: "m" },
];

function formOf(schema: TSchema): fc.Arbitrary<Body> {
  const parts = Object.entries<TSchema>(schema.properties ?? {}).map(([name, each]) => {
    const isFile = (each.items ?? each).format === "binary";
    const file = fc
      .tuple(
        fc.constantFrom(...oddFiles),
        fc.oneof(fc.constantFrom(""), fc.constantFrom(...traversals, ...naughtyStrings)),
      )
      .map(([[fileName, content], before]): PartText => [
        `${field(name)}; filename="${before.slice(0, 3000)}${fileName}"`,
        content,
      ]);
    const text = nearly(valueOf(each, name)).map((value): PartText => [field(name), value]);
    return isFile
      ? fc.oneof({ weight: 5, arbitrary: file }, text)
      : fc.oneof(
          text,
          textOf(name).map((value): PartText => [field(name), value]),
          file,
        );
  });
  const right = fc.array(fc.oneof(...parts), { minLength: 1, maxLength: 5 }).map((all) => toForm(...all));
  return fc
    .oneof({ weight: 4, arbitrary: right }, { weight: 1, arbitrary: fc.constantFrom(...formTorture) })
    .map((content) => ({ content, type: `multipart/form-data; boundary=${boundary}` }));
}
