import type { ReactNode } from "react";
import { CodeBlock } from "./code-block.tsx";
import { InlineView } from "./inline-view.tsx";
import type { KnownToken, Token } from "./lexer.ts";
import { ListView } from "./list-view.tsx";
import { TableView } from "./table-view.tsx";

/** What blocks are made of, as elements. */
export function TokensView({ tokens }: { readonly tokens: readonly Token[] }): ReactNode {
  return tokens.map((token, index) => (
    // Made anew with their block, and only then.
    // oxlint-disable-next-line react/no-array-index-key
    <TokenView key={index} token={token as KnownToken} />
  ));
}

function TokenView({ token }: { readonly token: KnownToken }): ReactNode {
  switch (token.type) {
    case "space":
    case "def":
      return null;
    case "heading": {
      // Below the page's own, and those of its parts.
      const Heading = headings[token.depth - 1] ?? "h6";
      return (
        <Heading dir="auto">
          <InlineView tokens={token.tokens} />
        </Heading>
      );
    }
    case "hr":
      return <hr />;
    case "code":
      return <CodeBlock language={(token.lang ?? "").split(/\s/)[0] ?? ""} text={token.text} />;
    case "blockquote":
      return (
        <blockquote dir="auto">
          <TokensView tokens={token.tokens} />
        </blockquote>
      );
    case "list":
      return <ListView list={token}>{(tokens) => <TokensView tokens={tokens} />}</ListView>;
    case "table":
      return <TableView table={token} />;
    case "paragraph":
      return <Paragraph tokens={token.tokens} />;
    case "text":
      return <InlineView tokens={token.tokens ?? [token]} />;
    default:
      return <InlineView tokens={[token]} />;
  }
}

const headings = ["h3", "h4", "h5", "h6"] as const;

function Paragraph({ tokens }: { readonly tokens: readonly Token[] }) {
  // Players and dialogs may stand in no paragraph.
  const hasMedia = tokens.some(({ type }) => type === "media" || type === "image" || type === "formula");
  const Tag = hasMedia ? "div" : "p";
  return (
    <Tag dir="auto" className={hasMedia ? "markdown-paragraph" : undefined}>
      <InlineView tokens={tokens} />
    </Tag>
  );
}
