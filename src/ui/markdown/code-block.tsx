import { WrapText } from "lucide-react";
import { useState } from "react";
import { toCount } from "../parts/amounts.ts";
import { Button, IconButton } from "../parts/button.tsx";
import { CopyButton } from "../parts/copy-button.tsx";
import { showHiddenSigns } from "./hidden-signs.tsx";
import { limits } from "./limits.ts";
import { useColours } from "./use-colours.ts";

export interface CodeBlockProps {
  readonly language: string;
  readonly text: string;
  /** More of it is coming. */
  readonly isWriting?: boolean;
}

/** Code in a box of its own, which scrolls; whatever hides in it is seen, and copied as it was written. */
export function CodeBlock({ language, text, isWriting = false }: CodeBlockProps) {
  const [isWrapped, setWrapped] = useState(false);
  const [limit, setLimit] = useState<number>(limits.code);
  const shown = text.slice(0, limit);
  const coloured = useColours(language, shown, isWriting);
  return (
    <div className="markdown-code" dir="ltr">
      <header>
        <span>{language || "text"}</span>
        <IconButton label="Wrap lines" aria-pressed={isWrapped} onClick={() => setWrapped(!isWrapped)}>
          <WrapText aria-hidden size={16} />
        </IconButton>
        <CopyButton isIcon label="Copy code" text={() => text} />
      </header>
      {/* Reached by the keyboard, so that it can be scrolled. */}
      <pre className={isWrapped ? "wrapped" : undefined} role="region" aria-label="Code" tabIndex={0}>
        <code>
          {coloured?.nodes}
          {showHiddenSigns(shown.slice(coloured?.length ?? 0))}
        </code>
      </pre>
      {text.length > limit && (
        <p className="markdown-more">
          {`${toCount(text.length - limit)} more characters. `}
          <Button onClick={() => setLimit(limit + limits.code)}>Show more</Button>
        </p>
      )}
    </div>
  );
}
