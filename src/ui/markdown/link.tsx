import { type ReactNode, use } from "react";
import { toLinkAddress } from "./address.ts";
import { TextContext } from "./context.ts";
import { decodeEntities } from "./entities.ts";
import { hasHiddenSigns, showHiddenSigns } from "./hidden-signs.tsx";
import { hostThatIsNamed } from "./named-host.ts";

export interface TextLinkProps {
  readonly href: string;
  /** What it says. */
  readonly text: string;
  /** The same, as it looks. */
  readonly children?: ReactNode;
  readonly title?: string | null | undefined;
  /** What was written, which stays where it leads nowhere. */
  readonly raw: string;
}

/** Leads into a tab of its own, which learns nothing of this page; says where, and what it says is no other address. */
export function TextLink({ href, text, children, title, raw }: TextLinkProps): ReactNode {
  const { sources } = use(TextContext);
  const url = toLinkAddress(decodeEntities(href));
  if (!url) return raw;
  const number = /^\[?(\d{1,6})\]?$/.exec(text)?.[1];
  const isCitation = number !== undefined && text.startsWith("[");
  const named = hostThatIsNamed(text);
  const words = decodeEntities(text);
  // Where signs are hidden in it, they are shown rather than obeyed.
  const looks = isCitation || hasHiddenSigns(words) ? showHiddenSigns(words) : (children ?? words);
  const about = [isCitation ? (title ?? sources[number ?? ""]?.title) : title, url.href].filter(Boolean).join("\n");
  return (
    <>
      <a
        href={url.href}
        target="_blank"
        rel="noopener noreferrer nofollow"
        title={about}
        className={isCitation ? "markdown-citation" : undefined}
      >
        <bdi>{looks}</bdi>
      </a>
      {named !== undefined && named !== url.host && <span className="markdown-host"> ({url.host})</span>}
    </>
  );
}
