import type { Tokens } from "marked";
import type { ReactNode } from "react";

export interface ListViewProps {
  readonly list: Tokens.List;
  /** What each of its items holds. */
  readonly children: (tokens: Tokens.ListItem["tokens"]) => ReactNode;
}

export function ListView({ list, children }: ListViewProps) {
  const items = list.items.map((item, index) => (
    // oxlint-disable-next-line react/no-array-index-key
    <li key={index} dir="auto" className={item.task ? "markdown-task" : undefined}>
      {children(item.tokens)}
    </li>
  ));
  if (!list.ordered) return <ul>{items}</ul>;
  return <ol start={typeof list.start === "number" ? list.start : undefined}>{items}</ol>;
}
