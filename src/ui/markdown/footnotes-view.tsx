import { type ReactNode, use } from "react";
import { MarkdownBlock } from "./markdown-block.tsx";
import { TextContext } from "./context.ts";

export function FootnotesView(): ReactNode {
  const { footnotes, id } = use(TextContext);
  if (footnotes.length === 0) return null;
  return (
    <ol className="markdown-footnotes">
      {footnotes.slice(0, 500).map((note, index) => (
        <li key={`${index} ${note.id}`} id={`${id}-${index}`} tabIndex={-1} dir="auto">
          <MarkdownBlock raw={note.text} />
        </li>
      ))}
    </ol>
  );
}
