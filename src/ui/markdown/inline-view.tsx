import { type ReactNode, use } from "react";
import { TextContext } from "./context.ts";
import { decodeEntities } from "./entities.ts";
import { FootnoteMark } from "./footnote-mark.tsx";
import { Formula } from "./formula.tsx";
import { showHiddenSigns } from "./hidden-signs.tsx";
import type { KnownToken, Token } from "./lexer.ts";
import { TextLink } from "./link.tsx";
import { Media, Picture } from "./media.tsx";

/** What a line is made of, as elements. */
export function InlineView({ tokens }: { readonly tokens: readonly Token[] }): ReactNode {
  return tokens.map((token, index) => (
    // oxlint-disable-next-line react/no-array-index-key
    <InlineToken key={index} token={token as KnownToken} />
  ));
}

function InlineToken({ token }: { readonly token: KnownToken }): ReactNode {
  switch (token.type) {
    case "strong":
      return (
        <strong>
          <InlineView tokens={token.tokens} />
        </strong>
      );
    case "em":
      return (
        <em>
          <InlineView tokens={token.tokens} />
        </em>
      );
    case "del":
      return (
        <del>
          <InlineView tokens={token.tokens} />
        </del>
      );
    case "codespan":
      return <code dir="ltr">{showHiddenSigns(token.text)}</code>;
    case "br":
      return <br />;
    case "checkbox":
      return <input type="checkbox" checked={token.checked} disabled aria-label={token.checked ? "Done" : "To do"} />;
    case "link":
      return (
        <TextLink href={token.href} text={token.text} title={token.title} raw={token.raw}>
          <InlineView tokens={token.tokens} />
        </TextLink>
      );
    case "image":
      return <Picture address={decodeEntities(token.href)} alt={decodeEntities(token.text)} raw={token.raw} />;
    case "media":
      return <Media media={token.media} />;
    case "formula":
      return <Formula text={token.text} raw={token.raw} isDisplay={token.isDisplay} />;
    case "citation":
      return <Citation number={token.number} raw={token.raw} />;
    case "footnote":
      return <FootnoteMark id={token.id} raw={token.raw} />;
    case "escape":
      return token.text;
    case "text":
      return token.tokens ? <InlineView tokens={token.tokens} /> : decodeEntities(token.text);
    default:
      return token.raw;
  }
}

/** A number in brackets that has a source behind it; any other is text, or a reference. */
function Citation({ number, raw }: { readonly number: string; readonly raw: string }): ReactNode {
  const { sources, definitions } = use(TextContext);
  const source = sources[number];
  const href = source?.url ?? definitions[number]?.href;
  return href === undefined ? raw : <TextLink href={href} text={`[${number}]`} raw={raw} title={source?.title} />;
}
