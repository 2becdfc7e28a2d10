import { useState } from "react";
import { toCount } from "../parts/amounts.ts";
import { Button } from "../parts/button.tsx";
import { MarkdownBlock } from "./markdown-block.tsx";
import { limits, tableLimits } from "./limits.ts";

/** A table of which so many rows are shown as were asked for. */
export function LongTable({ raw }: { readonly raw: string }) {
  const [count, setCount] = useState<number>(tableLimits.rows);
  const lines = raw.trimEnd().split("\n");
  const shown = lines.slice(0, count + 2).map((line) => line.slice(0, limits.block));
  const left = lines.length - shown.length;
  return (
    <>
      <MarkdownBlock raw={shown.join("\n")} />
      {left > 0 && (
        <p className="markdown-more">
          {`${toCount(left)} more rows. `}
          <Button onClick={() => setCount(count + tableLimits.rows)}>Show more rows</Button>
        </p>
      )}
    </>
  );
}
