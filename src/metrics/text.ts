import type { Distribution } from "../lib/counts.ts";
import type { Family } from "./table.ts";

/** One value of a family, by the words of its labels in their order. */
export interface Sample {
  readonly words: readonly string[];
  readonly value: number | Distribution;
}

export const contentType = "text/plain; version=0.0.4; charset=utf-8";

/** A family with all of its values, in the text form of Prometheus (prometheus.io/docs/instrumenting/exposition_formats). */
export function encodeFamily(name: string, { type, help, labels }: Family, samples: readonly Sample[]): string {
  const lines = [`# HELP ${name} ${escapeHelp(help)}`, `# TYPE ${name} ${type}`];
  for (const { words, value } of samples) {
    const pairs = labels.map((label, index) => `${label}="${escapeLabel(words[index] ?? "")}"`);
    if (typeof value === "number") lines.push(`${name}${braced(pairs)} ${encodeNumber(value)}`);
    else lines.push(...encodeDistribution(name, pairs, value));
  }
  return `${lines.join("\n")}\n`;
}

/** Each bucket holds what the ones before it hold as well. */
function encodeDistribution(name: string, pairs: readonly string[], { bounds, counts, sum }: Distribution): string[] {
  let count = 0;
  const buckets = counts.map((own, index) => {
    count += own;
    return `${name}_bucket${braced([...pairs, `le="${encodeNumber(bounds[index] ?? Infinity)}"`])} ${count}`;
  });
  return [...buckets, `${name}_sum${braced(pairs)} ${encodeNumber(sum)}`, `${name}_count${braced(pairs)} ${count}`];
}

function braced(pairs: readonly string[]): string {
  return pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
}

/** As Go writes it, which reads them. */
function encodeNumber(value: number): string {
  if (value === Infinity) return "+Inf";
  if (value === -Infinity) return "-Inf";
  return String(value);
}

function escapeHelp(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
}

function escapeLabel(text: string): string {
  return escapeHelp(text).replaceAll('"', '\\"');
}
