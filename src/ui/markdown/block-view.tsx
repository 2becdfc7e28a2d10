import { memo } from "react";
import type { Block } from "./blocks.ts";
import { CodeBlock } from "./code-block.tsx";
import { Formula } from "./formula.tsx";
import { limits } from "./limits.ts";
import { PlainText } from "./plain-text.tsx";
import { LongTable } from "./long-table.tsx";
import { isTable, isTooWide } from "./table-text.ts";
import { MarkdownBlock } from "./markdown-block.tsx";
import { toCode, toFormula } from "./block-text.ts";

export interface BlockViewProps extends Block {
  /** More of it is coming. */
  readonly isLast: boolean;
}

/** One block of a text; made again only when it is another. */
export const BlockView = memo(function BlockView({ kind, raw, isClosed, isLast }: BlockViewProps) {
  if (kind === "code") return <CodeBlock {...toCode(raw, isClosed)} isWriting={isLast && !isClosed} />;
  if (kind === "math") return <Formula text={toFormula(raw)} raw={raw} isDisplay isWriting={!isClosed} />;
  if (isTooWide(raw)) return <PlainText text={raw} />;
  if (raw.length > limits.block) return isTable(raw) ? <LongTable raw={raw} /> : <PlainText text={raw} />;
  return <MarkdownBlock raw={raw} isLast={isLast} />;
});
