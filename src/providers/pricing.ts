import type { Model, Pricing } from "../protocol/models.ts";

/** Reads a price that is told in dollars for one token, as a number or in digits. */
export function perMillion(value: unknown): number | undefined {
  const price = Number(typeof value === "string" || typeof value === "number" ? value : NaN);
  return Number.isFinite(price) && price >= 0 ? Number((price * 1e6).toPrecision(12)) : undefined;
}

/** A price where both its parts are known, in dollars for a million tokens. */
export function toPricing(input: number | undefined, output: number | undefined, cached?: number): Pricing | undefined {
  if (input === undefined || output === undefined) return undefined;
  return { input, output, ...(cached !== undefined && { cached_input: cached }) };
}

/** As `toPricing`, for `toModel` of an adapter. */
export function withPricing(...prices: Parameters<typeof toPricing>): Pick<Model, "pricing"> {
  const pricing = toPricing(...prices);
  return pricing ? { pricing } : {};
}
