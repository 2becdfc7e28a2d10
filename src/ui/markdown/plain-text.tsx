import { useState } from "react";
import { toCount } from "../parts/amounts.ts";
import { Button } from "../parts/button.tsx";
import { limits } from "./limits.ts";
import { showHiddenSigns } from "./hidden-signs.tsx";

/** What is too much to be read as Markdown, as it was written. */
export function PlainText({ text }: { readonly text: string }) {
  const [limit, setLimit] = useState<number>(limits.plain);
  return (
    <>
      <p className="markdown-plain" dir="auto">
        {showHiddenSigns(text.slice(0, limit).trimEnd())}
      </p>
      {text.length > limit && (
        <p className="markdown-more">
          {`${toCount(text.length - limit)} more characters. `}
          <Button onClick={() => setLimit(limit + limits.plain)}>Show more</Button>
        </p>
      )}
    </>
  );
}
