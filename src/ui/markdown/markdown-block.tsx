import { use, useMemo } from "react";
import remend from "remend";
import { TextContext } from "./context.ts";
import { toTokens } from "./lexer.ts";
import { PlainText } from "./plain-text.tsx";
import { TokensView } from "./tokens-view.tsx";

export function MarkdownBlock({ raw, isLast = false }: { readonly raw: string; readonly isLast?: boolean }) {
  const { definitions } = use(TextContext);
  const text = isLast ? complete(raw) : raw;
  const tokens = useMemo(() => toTokens(text, definitions), [text, definitions]);
  return tokens ? <TokensView tokens={tokens} /> : <PlainText text={raw} />;
}

/** What begins at the very end is left out until something stands in it. */
const begun = /(^|[\s|(])(?:\*{1,3}|_{1,3}|~{1,2}|`|!?\[)$/;

/** What is half written looks as it will once it is whole: a link shows its words alone. */
function complete(raw: string): string {
  return remend(raw.replace(begun, "$1"), { linkMode: "text-only", katex: false });
}
