import type { KeptMedium } from "../../protocol/resources.ts";
import { wordOf } from "../parts/media-kinds.ts";

/** What stands for it where it cannot be seen: what was asked for. */
export function toLabel({ prompt, ...medium }: KeptMedium): string {
  const told = prompt.trim();
  const word = wordOf(medium);
  return told === "" ? `A ${word} without a prompt` : told;
}

/** `undefined` where it is not known. */
export function toDimensions({ width, height }: KeptMedium): string | undefined {
  return width === null || height === null ? undefined : `${width} × ${height} pixels`;
}

/** The place of the one beside it in a list; stays at the ends. */
export function neighbour<T>(list: readonly T[], at: number, step: -1 | 1): T | undefined {
  return at < 0 ? undefined : list[at + step];
}
