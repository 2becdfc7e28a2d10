import type { Line } from "./lines.ts";
import type { Block } from "./order.ts";

/**
 * Blocks that are a table's columns, written one after the other, as rows. Columns of running text stand side by side on the
 * same lines as well, but theirs are long.
 */
export function mergeColumns(blocks: readonly Block[]): Block[] {
  const merged: Block[] = [];
  for (const block of blocks) {
    const last = merged.at(-1);
    if (last && areColumns(last, block)) merged[merged.length - 1] = zip(last, block);
    else merged.push(block);
  }
  return merged;
}

/** Arbitrary: few cells are longer on average, and few lines of running text are shorter. */
const cellLength = 25;

function areColumns(one: Block, other: Block): boolean {
  if (other.left < one.right && other.right > one.left) return false;
  if (Math.min(one.lines.length, other.lines.length) < 3 || ![one, other].every(hasShortCells)) return false;
  return other.lines.filter((line) => findBeside(one, line)).length >= other.lines.length * 0.8;
}

function hasShortCells({ lines }: Block): boolean {
  const cells = lines.flatMap((line) => line.cells);
  return cells.reduce((sum, { text }) => sum + text.length, 0) < cells.length * cellLength;
}

function findBeside(block: Block, { baseline, size }: Line): Line | undefined {
  return block.lines.find((line) => Math.abs(line.baseline - baseline) < size * 0.3);
}

function zip(one: Block, other: Block): Block {
  const alone = one.lines.filter((line) => !findBeside(other, line));
  const rows = other.lines.map((line) => {
    const beside = findBeside(one, line);
    return beside ? join(beside, line) : line;
  });
  return {
    lines: [...alone, ...rows].sort((a, b) => b.baseline - a.baseline),
    left: Math.min(one.left, other.left),
    right: Math.max(one.right, other.right),
    top: Math.max(one.top, other.top),
    bottom: Math.min(one.bottom, other.bottom),
  };
}

function join(one: Line, other: Line): Line {
  const cells = [...one.cells, ...other.cells].sort((a, b) => a.left - b.left);
  return {
    ...one,
    cells,
    text: cells.map(({ text }) => text).join(" "),
    left: Math.min(one.left, other.left),
    right: Math.max(one.right, other.right),
  };
}
