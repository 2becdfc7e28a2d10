import { type ReactNode, useEffect, useState } from "react";
import { showHiddenSigns } from "./hidden-signs.tsx";

export interface FormulaProps {
  /** TeX. */
  readonly text: string;
  /** As it was written: shown until it is set, and where it cannot be. */
  readonly raw: string;
  readonly isDisplay: boolean;
  /** More of it is coming. */
  readonly isWriting?: boolean;
}

/** A formula as MathML, which screen readers read. */
export function Formula({ text, raw, isDisplay, isWriting = false }: FormulaProps) {
  const [set, setSet] = useState<{ readonly text: string; readonly math: ReactNode }>();
  useEffect(() => {
    let isWanted = !isWriting;
    if (isWanted)
      void import("./typeset.ts").then(({ typeset }) => {
        if (isWanted) setSet({ text, math: typeset(text, isDisplay) });
      });
    return () => void (isWanted = false);
  }, [text, isDisplay, isWriting]);
  const math = set?.text === text ? set.math : undefined;
  const Tag = isDisplay ? "div" : "span";
  return (
    <Tag
      className={isDisplay ? "markdown-formula display" : "markdown-formula"}
      dir="ltr"
      // What is wide scrolls, and so is reached by the keyboard.
      {...(isDisplay && { tabIndex: 0, role: "group", "aria-label": "Formula" })}
    >
      {math ?? <code>{showHiddenSigns(raw.trim())}</code>}
    </Tag>
  );
}
