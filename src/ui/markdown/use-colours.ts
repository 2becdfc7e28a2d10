import { type ReactNode, useEffect, useState } from "react";
import { limits } from "./limits.ts";

interface Coloured {
  readonly language: string;
  readonly text: string;
  readonly nodes: ReactNode;
}

const longLine = new RegExp(`[^\\n]{${limits.colouredLine}}`);

/** What there is of a code's colours: of its beginning, while it is written, by whole lines. */
export function useColours(
  language: string,
  text: string,
  isWriting: boolean,
): { readonly nodes: ReactNode; readonly length: number } | undefined {
  const [coloured, setColoured] = useState<Coloured>();
  const wanted = isWriting ? text.slice(0, text.lastIndexOf("\n") + 1) : text;
  const most = isWriting ? limits.colouredWriting : limits.coloured;
  const isWanted = language !== "" && wanted !== "" && wanted.length <= most && !longLine.test(wanted);
  useEffect(() => {
    if (!isWanted) return undefined;
    let isStill = true;
    // Each in a task of its own: a page with a hundred of them stays quick.
    const timer = setTimeout(() => {
      void import("./colour.ts").then(({ colour }) => {
        const nodes = isStill ? colour(language, wanted) : undefined;
        if (nodes) setColoured({ language, text: wanted, nodes });
      });
    });
    return () => {
      isStill = false;
      clearTimeout(timer);
    };
  }, [isWanted, language, wanted]);
  return coloured?.language === language && text.startsWith(coloured.text)
    ? { nodes: coloured.nodes, length: coloured.text.length }
    : undefined;
}
