import { parseJson } from "../../lib/json.ts";

/** JSON with a line for each of its entries; half of it, as it is. */
export function prettyJson(text: string): string {
  if (text.length > 100_000) return text;
  try {
    return JSON.stringify(parseJson(text), null, 2);
  } catch {
    return text;
  }
}
