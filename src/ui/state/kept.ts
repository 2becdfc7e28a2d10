import { isObject } from "../../lib/json.ts";

/** What this browser kept, by this version or another: what is of another kind than it was to begin with is left out. */
export function mergeKept<T extends object>(kept: unknown, initial: T): T {
  const first = new Map<string, unknown>(Object.entries(initial));
  const fields = isObject(kept) ? Object.entries(kept).filter(([name, value]) => isAlike(value, first.get(name))) : [];
  return { ...initial, ...Object.fromEntries(fields) };
}

function isAlike(value: unknown, first: unknown): boolean {
  if (value === null) return false;
  return first === undefined || kindOf(value) === kindOf(first);
}

function kindOf(value: unknown): "list" | "fields" | "plain" {
  if (Array.isArray(value)) return "list";
  return typeof value === "object" ? "fields" : "plain";
}
