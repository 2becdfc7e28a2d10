import { mergeColumns } from "./columns.ts";
import type { Line } from "./lines.ts";

/** Lines that follow each other downwards in one column. */
export interface Block {
  readonly lines: Line[];
  left: number;
  right: number;
  top: number;
  bottom: number;
}

/**
 * Lines in the order in which a person reads them. That is the order in which they are written, with nearly every program;
 * only where that jumps up within a column are the columns looked for.
 */
export function orderLines(lines: readonly Line[]): readonly Line[] {
  const turns = [...new Set(lines.map(({ turn }) => turn))];
  return turns.flatMap((turn) => {
    const blocks = mergeColumns(toBlocks(lines.filter((line) => line.turn === turn)));
    return (isInOrder(blocks) ? blocks : cut(blocks, 0)).flatMap((block) => block.lines);
  });
}

function toBlocks(lines: readonly Line[]): Block[] {
  const blocks: Block[] = [];
  for (const line of lines) {
    const top = line.baseline + line.size * 0.8;
    const bottom = line.baseline - line.size * 0.2;
    const block = blocks.at(-1);
    const last = block?.lines.at(-1);
    const step = last ? (last.baseline - line.baseline) / Math.max(last.size, line.size) : 0;
    const isSameType = last !== undefined && Math.abs(last.size - line.size) < line.size * 0.25;
    if (block && isSameType && step > 0.3 && step < 3.3 && line.left < block.right && line.right > block.left) {
      block.lines.push(line);
      block.left = Math.min(block.left, line.left);
      block.right = Math.max(block.right, line.right);
      block.bottom = bottom;
    } else blocks.push({ lines: [line], left: line.left, right: line.right, top, bottom });
  }
  return blocks;
}

function isInOrder(blocks: readonly Block[]): boolean {
  return blocks.every((block, index) => {
    const last = blocks[index - 1];
    if (!last || block.bottom < last.top - 1) return true;
    const shared = Math.min(block.right, last.right) - Math.max(block.left, last.left);
    return shared < Math.min(block.right - block.left, last.right - last.left) * 0.1;
  });
}

const maxDepth = 30;

/** Columns first, where a gap goes all the way down; else what is above the widest gap, then what is below. */
function cut(blocks: Block[], depth: number): Block[] {
  if (blocks.length < 2) return blocks;
  const byHeight = blocks.toSorted((a, b) => b.top - a.top);
  if (depth > maxDepth) return byHeight;
  const columns = split(
    blocks.toSorted((a, b) => a.left - b.left),
    ({ left }) => left,
    ({ right }) => right,
  );
  if (columns) return columns.flatMap((column) => cut(column, depth + 1));
  const rows = split(
    byHeight,
    ({ top }) => -top,
    ({ bottom }) => -bottom,
  );
  return rows ? rows.flatMap((row) => cut(row, depth + 1)) : byHeight;
}

/** In two at the widest gap between all of them. */
function split(
  sorted: Block[],
  start: (block: Block) => number,
  end: (block: Block) => number,
): [Block[], Block[]] | undefined {
  let reach = -Infinity;
  let widest = 0;
  let at = 0;
  sorted.forEach((block, index) => {
    const gap = start(block) - reach;
    if (index > 0 && gap > widest) {
      widest = gap;
      at = index;
    }
    reach = Math.max(reach, end(block));
  });
  return at === 0 ? undefined : [sorted.slice(0, at), sorted.slice(at)];
}
