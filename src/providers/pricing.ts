import type { Model } from "../protocol/models.ts";

/** Reads a price that is told in dollars for one token, as a number or in digits. */
export function perMillion(value: unknown): number | undefined {
  const price = Number(typeof value === "string" || typeof value === "number" ? value : NaN);
  return Number.isFinite(price) && price >= 0 ? Number((price * 1e6).toPrecision(12)) : undefined;
}

/** What an object of a list of models tells of a price, under the names of its fields, in dollars for a million tokens. */
export function toPricing(input: number | undefined, output: number | undefined, cached?: number): Partial<Model> {
  if (input === undefined || output === undefined) return {};
  return { pricing: { input, output, ...(cached !== undefined && { cached_input: cached }) } };
}
