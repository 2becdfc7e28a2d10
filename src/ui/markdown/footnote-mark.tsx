import { type ReactNode, use } from "react";
import { TextContext } from "./context.ts";

/** Leads to the note: addresses within the page are taken by its routes. */
export function FootnoteMark({ id, raw }: { readonly id: string; readonly raw: string }): ReactNode {
  const { footnotes, id: prefix } = use(TextContext);
  const index = footnotes.findIndex((each) => each.id === id);
  if (index === -1) return raw;
  const show = () => {
    const note = document.getElementById(`${prefix}-${index}`);
    note?.scrollIntoView({ block: "nearest" });
    note?.focus({ preventScroll: true });
  };
  return (
    <sup>
      <button
        type="button"
        className="link-button markdown-footnote-mark"
        aria-label={`Footnote ${index + 1}`}
        onClick={show}
      >
        {index + 1}
      </button>
    </sup>
  );
}
