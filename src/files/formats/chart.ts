import { childOf, childrenOf, descendantsOf, localName, textOf, type XmlElement } from "./xml.ts";

/**
 * A chart (DrawingML, ECMA-376 part 1 §21.2) as HTML: its title, and the numbers that it was drawn from last as a table, a row
 * for each category and a column for each series.
 */
export function writeChart(root: XmlElement): string {
  const chart = childOf(root, "chart");
  const title = descendantsOf(childOf(chart, "title"), "t").map(textOf).join("");
  const series = childrenOf(childOf(chart, "plotArea"))
    .filter((plot) => localName(plot).endsWith("Chart"))
    .flatMap((plot) => childrenOf(plot, "ser"));
  return `${title === "" ? "" : `<p>${Bun.escapeHTML(title)}</p>`}${series.length === 0 ? "" : writeTable(series)}`;
}

type Points = ReadonlyMap<string, string>;

function writeTable(series: readonly XmlElement[]): string {
  const names = series.map(
    (each) => [...pointsOf(childOf(each, "tx")).values()].join(" ") || textOf(childOf(each, "tx", "v")),
  );
  const values = series.map((each) => pointsOf(childOf(each, "val") ?? childOf(each, "yVal")));
  const categories = series.map((each) => pointsOf(childOf(each, "cat") ?? childOf(each, "xVal")));
  const places = new Set([...categories, ...values].flatMap((points) => [...points.keys()]));
  const rows = [...places].map((place) => [
    categories.map((points) => points.get(place)).find((category) => category !== undefined) ?? "",
    ...values.map((points) => points.get(place) ?? ""),
  ]);
  return `<table>${[["", ...names], ...rows].map(writeRow).join("")}</table>`;
}

function writeRow(cells: readonly string[]): string {
  return `<tr>${cells.map((cell) => `<td>${Bun.escapeHTML(cell)}</td>`).join("")}</tr>`;
}

/** By their places; categories of several levels, as `2024 Q1`. */
function pointsOf(source: XmlElement | undefined): Points {
  const points = new Map<string, string>();
  for (const point of descendantsOf(source, "pt")) {
    const place = point.attributes.idx ?? "";
    const value = textOf(childOf(point, "v"));
    points.set(place, points.has(place) ? `${value} ${points.get(place)}` : value);
  }
  return points;
}
