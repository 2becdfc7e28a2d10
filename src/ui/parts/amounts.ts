/** How numbers are told on every page. */

const counts = new Intl.NumberFormat("en-US");
const short = new Intl.NumberFormat("en-US", { notation: "compact", maximumFractionDigits: 1 });
const costs = new Intl.NumberFormat("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
const smallCosts = new Intl.NumberFormat("en-US", { maximumSignificantDigits: 2 });

/** `12,345` */
export const toCount = (count: number) => counts.format(count);

/** `1 model`, `12,345 models` */
export const toCountOf = (count: number, one: string, many: string) => `${toCount(count)} ${count === 1 ? one : many}`;

/** `12.3K`, where room is scarce. */
export const toShortCount = (count: number) => short.format(count);

/** `$12.50`; of less than a cent as many places as it takes to tell an answer from none. */
export function toDollars(cost: number): string {
  if (cost === 0) return "$0";
  return `$${(cost < 0.01 ? smallCosts : costs).format(cost)}`;
}

const sizes = ["bytes", "KiB", "MiB", "GiB", "TiB"];

/** `340 bytes`, `1.2 MiB`: in the units in which limits are told. */
export function toSize(bytes: number): string {
  const step = Math.min(sizes.length - 1, Math.floor(Math.log2(Math.max(1, bytes)) / 10));
  const value = bytes / 1024 ** step;
  return `${Number(value.toFixed(value < 10 ? 1 : 0))} ${sizes[step]}`;
}

/** `850 ms`, `1.2 s`, `2 min 5 s` */
export function toDuration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  const [minutes, rest] = [Math.floor(seconds / 60), seconds % 60];
  return rest === 0 ? `${minutes} min` : `${minutes} min ${rest} s`;
}
