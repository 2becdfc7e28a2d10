import type { Model, Pricing } from "../protocol/models.ts";

/** Reads a price that is told in dollars for one token, as a number or in digits. */
export function perMillion(value: unknown): number | undefined {
  const isTold = typeof value === "number" || (typeof value === "string" && value.trim() !== "");
  const price = isTold ? Number(value) * 1e6 : undefined;
  return isPrice(price) ? Number(price.toPrecision(12)) : undefined;
}

/** A price where both its parts are known, in dollars for a million tokens. */
export function toPricing(input: number | undefined, output: number | undefined, cached?: number): Pricing | undefined {
  if (!isPrice(input) || !isPrice(output)) return undefined;
  return { input, output, ...(isPrice(cached) && { cached_input: cached }) };
}

/** Vendors send negative prices for what has none. The most is arbitrary: a million dollars for a million tokens. */
function isPrice(price: number | undefined): price is number {
  return price !== undefined && price >= 0 && price <= 1e6;
}

/** As `toPricing`, for `toModel` of an adapter. */
export function withPricing(...prices: Parameters<typeof toPricing>): Pick<Model, "pricing"> {
  const pricing = toPricing(...prices);
  return pricing ? { pricing } : {};
}
