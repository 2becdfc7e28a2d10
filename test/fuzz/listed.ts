import { boundary, field, type PartText, toForm } from "../support/form.ts";
import { type Body, contentsOf, type FuzzedRoute, type Input } from "./input.ts";
import { toMark } from "./known.ts";
import { formTorture, oddFiles } from "./lists/forms.ts";
import { oddHeaders } from "./lists/headers.ts";
import { jsonTorture } from "./lists/json.ts";
import { traversals } from "./lists/paths.ts";
import { naughtyStrings } from "./lists/strings.ts";
import { toPercent, toRaw } from "./percent.ts";
import { addresses, toText } from "./values.ts";

/** Every item of every list, at this route or that: `rotation` says where they begin. */
export function listedInputs(
  routes: readonly FuzzedRoute[],
  rotation: number,
): ReadonlyMap<FuzzedRoute, readonly Input[]> {
  const listed = new Map<FuzzedRoute, Input[]>(routes.map((route) => [route, []]));
  const deal = <T>(
    items: readonly T[],
    takes: (route: FuzzedRoute) => boolean,
    make: (item: T, route: FuzzedRoute) => Partial<Input>,
  ) => {
    const those = routes.filter(takes);
    for (const [at, item] of items.entries()) {
      const route = those[(at + rotation) % those.length];
      if (!route) continue;
      const method = route.method === "ALL" || route.method === "WS" ? "GET" : route.method;
      const input = { as: "admin", method, path: plainPath(route), headers: [], ...make(item, route) } as const;
      listed.get(route)?.push(input);
    }
  };
  deal(jsonTorture, hasJson, (content) => ({ body: { content } }));
  deal(formTorture, hasForm, (content) => ({ body: { content, type: formType } }));
  deal(oddFiles, hasForm, ([name, content]) => ({ body: fileForm(name, content) }));
  deal(traversals, hasForm, (step) => ({ body: fileForm(`${step}.txt`, "x") }));
  deal(traversals, hasParameter, (step, { path }) => ({ path: withLast(path, toRaw(step)) }));
  deal(naughtyStrings, hasParameter, (text, { path }) => ({ path: withLast(path, toPercent(text.slice(0, 2000))) }));
  deal(naughtyStrings, hasQuery, (text, route) => ({ path: plainPath(route) + queryOf(route, text.slice(0, 500)) }));
  deal(oddHeaders, isAny, (header) => ({ headers: [header] }));
  deal(addresses, isConversation, (url, { path }) => ({ body: { content: toText(askingFor(path, url)) } }));
  deal(addresses, isConversation, (url) => ({ body: addressForm(url) }));
  deal(addresses, hasJson, (url, { path }) => ({ body: { content: toText(askingFor(path, url)) } }));
  deal(addresses, isBucket, (url) => ({
    body: fileForm("downloads.json", JSON.stringify([{ url }, { urls: [url] }])),
  }));
  return listed;
}

const hasJson = ({ hooks }: FuzzedRoute) => "application/json" in contentsOf(hooks.body);

const hasForm = ({ hooks }: FuzzedRoute) => "multipart/form-data" in contentsOf(hooks.body);

const hasParameter = ({ path }: FuzzedRoute) => /[:*]/.test(path);
const hasQuery = ({ hooks }: FuzzedRoute) => hooks.query !== undefined;
const isConversation = ({ path }: FuzzedRoute) => path.endsWith("/conversation");
const isBucket = ({ method, path }: FuzzedRoute) => method === "POST" && path.endsWith("/files/:bucket_id");
const isAny = () => true;

const formType = `multipart/form-data; boundary=${boundary}`;

/** Under every name that a form may have it. */
function fileForm(name: string, content: string | Uint8Array): Body {
  const parts = ["files", "file", "image"].map((each): PartText => [`${field(each)}; filename="${name}"`, content]);
  return { type: formType, content: toForm(...parts) };
}

function addressForm(url: string): Body {
  const question = JSON.stringify({ model: "Fuzz/m", messages: [{ role: "user", content: "Hello" }] });
  return { type: formType, content: toForm([field("json"), question], [field("media_url"), url]) };
}

/** A text in the place of the last parameter. */
function withLast(path: string, text: string): string {
  const at = Math.max(path.lastIndexOf(":"), path.lastIndexOf("*"));
  return withMarks(path.slice(0, at)) + text + path.slice(at).replace(/^(:\w+|\*)/, "");
}

function queryOf({ hooks }: FuzzedRoute, text: string): string {
  const names = Object.keys(hooks.query?.properties ?? {});
  return `?${names.map((name) => `${name}=${toPercent(text)}`).join("&")}`;
}

/** Wherever a body of any API may name an address. */
function askingFor(path: string, address: string): object {
  const parts = [
    { type: "text", text: "Hello" },
    { type: "image_url", image_url: { url: address } },
    { type: "file", file: { file_url: address } },
    { type: "image", source: { type: "url", url: address } },
    { type: "input_image", image_url: address },
  ];
  const kept = path.includes("/responses")
    ? [parts[4]]
    : path.includes("/messages")
      ? [parts[0], parts[3]]
      : parts.slice(0, 3);
  return {
    model: "Fuzz/m",
    max_tokens: 9,
    messages: [{ role: "user", content: kept }],
    input: [{ role: "user", content: kept }],
    contents: [{ role: "user", parts: [{ text: "a" }, { fileData: { fileUri: address, mimeType: "image/png" } }] }],
    base_url: address,
    api_base: address,
    api_key: "k",
    media_url: address,
    provider: path.length % 2 === 0 ? "Custom" : "Fuzz",
    proxy: address,
    headers: { host: address },
    extra_body: { base_url: address },
    web_search: address,
    url: address,
  };
}

function plainPath({ path }: FuzzedRoute): string {
  return withMarks(path).replace(/\*$/, toMark("model", 0));
}

function withMarks(path: string): string {
  return path.replaceAll(/:(\w+)/g, (_, name: string) => toMark(name, 0));
}
