import { memo, useDeferredValue, useId, useMemo, useState } from "react";
import { toCount } from "../parts/amounts.ts";
import { Button } from "../parts/button.tsx";
import { BlockBoundary } from "./block-boundary.tsx";
import { BlockView } from "./block-view.tsx";
import { TextContext } from "./context.ts";
import { FootnotesView } from "./footnotes-view.tsx";
import { splitFootnotes, toDefinitions } from "./footnotes.ts";
import { toShown } from "./shown.ts";
import type { Source } from "./sources.ts";
import { useSame } from "./use-same.ts";

export interface MarkdownProps {
  readonly text: string;
  /** More is coming: what is half written at its end is shown as what it will be. */
  readonly isStreaming?: boolean;
  /** What its citations lead to. */
  readonly sources?: readonly Source[];
}

const none: readonly Source[] = [];

/** What a model has written, whatever it is: nothing of it runs, loads from elsewhere, or stops the page. */
export const Markdown = memo(function Markdown({ text: newest, isStreaming = false, sources = none }: MarkdownProps) {
  const latest = useDeferredValue(newest);
  const text = isStreaming ? latest : newest;
  const [pages, setPages] = useState(1);
  const id = useId();
  const shown = useMemo(() => toShown(text, pages), [text, pages]);
  const { body, footnotes } = useMemo(() => splitFootnotes(shown.blocks), [shown]);
  const context = useSame<TextContext>({
    definitions: toDefinitions(body),
    footnotes,
    sources: Object.fromEntries(sources.map((source) => [source.number, source])),
    id,
  });
  return (
    <TextContext value={context}>
      <div className="markdown">
        {body.map((block, index) => (
          // Blocks are only added at the end: what stands before stays what it is.
          // oxlint-disable-next-line react/no-array-index-key
          <BlockBoundary key={index} raw={block.raw}>
            <BlockView {...block} isLast={isStreaming && index === body.length - 1} />
          </BlockBoundary>
        ))}
        <FootnotesView />
        {shown.left > 0 && (
          <p className="markdown-more">
            {`${toCount(shown.left)} more characters. `}
            <Button onClick={() => setPages(pages + 1)}>Show more</Button>
          </p>
        )}
      </div>
    </TextContext>
  );
});
