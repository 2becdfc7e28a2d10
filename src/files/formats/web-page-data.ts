import { arrayAt, at, isObject, type JsonObject, textAt, tryParseJson } from "../../lib/json.ts";

/** What a page says of itself in JSON-LD: each thing by itself, whatever they are packed in. */
export function readLinkedData(document: Document): readonly JsonObject[] {
  const scripts = [...document.querySelectorAll('script[type="application/ld+json"]')].slice(0, maxScripts);
  return scripts.flatMap((script) => thingsIn(tryParseJson(script.textContent ?? "")));
}

/** Arbitrary. */
const maxScripts = 50;

function thingsIn(value: unknown): JsonObject[] {
  if (Array.isArray(value)) return value.flatMap(thingsIn);
  if (!isObject(value)) return [];
  return [value, ...thingsIn(value["@graph"] ?? value.mainEntity ?? [])];
}

function isOfType(thing: JsonObject, type: RegExp): boolean {
  return [thing["@type"]].flat().some((each) => typeof each === "string" && type.test(each));
}

/** The text of an article, where the page gives it whole for those who cannot run its scripts. */
export function articleIn(things: readonly JsonObject[]): string {
  const bodies = things.flatMap((thing) => textAt(thing, "articleBody") ?? []);
  return bodies.reduce((longest, each) => (each.length > longest.length ? each : longest), "").trim();
}

/** What a shop says of what the page sells, if that is one thing: a line for each that `text` does not say. */
export function productLines(things: readonly JsonObject[], text: string): readonly string[] {
  const [product, ...others] = things.filter((thing) => isOfType(thing, /^(Product|ProductGroup)$/));
  if (!product || others.length > 0) return [];
  const [offer] = [product.offers].flat();
  const price = textOf(at(offer, "price") ?? at(offer, "lowPrice"));
  const properties = arrayAt(product, "additionalProperty").map(
    (each) => [textOf(at(each, "name")), textOf(at(each, "value"))] as const,
  );
  const known: readonly (readonly [string, string])[] = [
    ["Name", textOf(product.name)],
    ["Price", price === "" ? "" : `${price} ${textOf(at(offer, "priceCurrency"))}`.trim()],
    ["Brand", textOf(at(product, "brand", "name") ?? product.brand)],
    ["Description", textOf(product.description)],
    ...properties,
  ];
  return known
    .filter(([name, value]) => name !== "" && value !== "" && !isSaid(name === "Price" ? price : value, text))
    .map(([name, value]) => `${name}: ${value}`);
}

function textOf(value: unknown): string {
  if (typeof value === "number") return String(value);
  return typeof value === "string"
    ? value
        .replace(/<[^<>]*>/g, " ")
        .replace(/\s+/g, " ")
        .trim()
    : "";
}

/** A price by its figures, in whatever way they are parted; a text by most of its words. */
function isSaid(value: string, text: string): boolean {
  const figures = /^[\d.,]+$/.test(value) ? value.replace(/[.,]0+$/, "").replace(/\D/g, "") : "";
  if (figures !== "") return text.replace(/(?<=\d)[.,'\s](?=\d)/g, "").includes(figures);
  const words = value.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  const said = new Set(text.toLowerCase().match(/[\p{L}\p{N}]+/gu));
  return words.filter((word) => said.has(word)).length >= words.length * 0.8;
}
