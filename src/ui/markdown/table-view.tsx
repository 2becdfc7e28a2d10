import type { Tokens } from "marked";
import { useRef } from "react";
import { CopyButton } from "../parts/copy-button.tsx";
import { InlineView } from "./inline-view.tsx";
import { toCsv } from "./table-text.ts";

/** A table in a box of its own, which scrolls where it is wider than the text. */
export function TableView({ table: { header, rows } }: { readonly table: Tokens.Table }) {
  const table = useRef<HTMLTableElement>(null);
  const read = () =>
    toCsv([...(table.current?.rows ?? [])].map((row) => [...row.cells].map((cell) => cell.innerText.trim())));
  return (
    <div className="markdown-table">
      {/* Reached by the keyboard, so that it can be scrolled. */}
      <div className="markdown-table-box" role="region" aria-label="Table" tabIndex={0}>
        <table ref={table}>
          <thead>
            <Row cells={header} />
          </thead>
          <tbody>
            {rows.map((cells, index) => (
              // oxlint-disable-next-line react/no-array-index-key
              <Row key={index} cells={cells} />
            ))}
          </tbody>
        </table>
      </div>
      <CopyButton isIcon label="Copy as CSV" text={read} />
    </div>
  );
}

function Row({ cells }: { readonly cells: readonly Tokens.TableCell[] }) {
  return (
    <tr>
      {cells.map(({ header, align, tokens }, index) => {
        const Cell = header ? "th" : "td";
        return (
          // oxlint-disable-next-line react/no-array-index-key
          <Cell key={index} scope={header ? "col" : undefined} dir="auto" data-align={align ?? undefined}>
            <InlineView tokens={tokens} />
          </Cell>
        );
      })}
    </tr>
  );
}
