/** One line of a value: its name, its labels in their order, as they stand there. */
export type Series = ReadonlyMap<string, number>;

export interface Exposed {
  /** By name. */
  readonly families: ReadonlyMap<string, { readonly type: string; readonly help: string }>;
  /** By `name{label="value"}`. */
  readonly series: Series;
}

const name = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const sample = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(\{(.*)\})? (\S+)$/;
const pair = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(,|$)/y;
const number = /^(\+Inf|-?\d+(\.\d+)?(e[+-]\d+)?)$/;

/**
 * Reads the text form of Prometheus by its rules, and those of its conventions that can be checked
 * (prometheus.io/docs/instrumenting/exposition_formats, …/practices/naming). @throws where one is broken
 */
export function readExposition(text: string): Exposed {
  assert(text.endsWith("\n"), "the last line has no end", "");
  const families = new Map<string, { type: string; help: string }>();
  const series = new Map<string, number>();
  const buckets = new Map<string, [le: number, count: number][]>();
  let family = "";
  for (const line of text.slice(0, -1).split("\n")) {
    const [, keyword, about = "", rest = ""] = /^# (HELP|TYPE) (\S+) (.*)$/.exec(line) ?? [];
    if (keyword === "HELP") {
      assert(name.test(about) && !families.has(about), "HELP twice, or of no name", line);
      families.set(about, { type: "", help: rest });
      family = about;
    } else if (keyword === "TYPE") {
      const known = families.get(about);
      assert(about === family && known?.type === "", "TYPE without its HELP, or twice", line);
      assert(/^(counter|gauge|histogram)$/.test(rest), "no type", line);
      assert((rest === "counter") === about.endsWith("_total"), "counters alone end in _total", line);
      if (known) known.type = rest;
    } else readSample(line);
  }
  for (const [key, found] of buckets) {
    const counts = found.map(([, count]) => count);
    assert(isAscending(found.map(([le]) => le)) && found.at(-1)?.[0] === Infinity, "buckets out of order", key);
    assert(
      counts.every((count, index) => index === 0 || count >= (counts[index - 1] ?? 0)),
      "not cumulative",
      key,
    );
    assert(series.get(key.replace("#", "_count")) === counts.at(-1), "_count is not the last bucket", key);
    assert(series.has(key.replace("#", "_sum")), "no _sum", key);
  }
  return { families, series };

  function readSample(line: string): void {
    const [, own = "", braces, inside = "", value = ""] = sample.exec(line) ?? [];
    assert(own !== "" && number.test(value) && braces !== "{}", "no sample", line);
    const type = families.get(family)?.type;
    assert(own.replace(type === "histogram" ? /_(bucket|sum|count)$/ : "", "") === family, "not of its family", line);
    assert(type !== "counter" || Number(value) >= 0, "a counter below 0", line);
    const labels = readLabels(inside, line);
    const key = own + (braces ?? "");
    assert(!series.has(key), "the same series twice", line);
    series.set(key, value === "+Inf" ? Infinity : Number(value));
    if (!own.endsWith("_bucket") || type !== "histogram") return;
    const le = labels.pop();
    assert(le?.[0] === "le", "a bucket without its bound", line);
    const others = labels.map(([label, text]) => `${label}="${text}"`).join(",");
    const histogram = `${family}#${others === "" ? "" : `{${others}}`}`;
    buckets.set(histogram, [
      ...(buckets.get(histogram) ?? []),
      [le?.[1] === "+Inf" ? Infinity : Number(le?.[1]), Number(value)],
    ]);
  }
}

function readLabels(inside: string, line: string): [string, string][] {
  const labels: [string, string][] = [];
  pair.lastIndex = 0;
  while (pair.lastIndex < inside.length) {
    const found = pair.exec(inside);
    assert(found !== null, "no label", line);
    labels.push([found?.[1] ?? "", found?.[2] ?? ""]);
  }
  assert(new Set(labels.map(([label]) => label)).size === labels.length, "a label twice", line);
  return labels;
}

function isAscending(numbers: readonly number[]): boolean {
  return numbers.every((each, index) => index === 0 || each > (numbers[index - 1] ?? 0));
}

function assert(isTrue: boolean, why: string, line: string): void {
  if (!isTrue) throw new Error(`${why}: ${line}`);
}
