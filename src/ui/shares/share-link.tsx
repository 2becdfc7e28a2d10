import { ExternalLink } from "lucide-react";
import type { ReactNode, Ref } from "react";
import { CopyButton } from "../parts/copy-button.tsx";
import { toShareLink } from "./expiry.ts";

export interface ShareLinkProps {
  readonly shareId: string;
  readonly field?: Ref<HTMLInputElement>;
  /** What else can be done with it. */
  readonly children?: ReactNode;
}

/** The address of a shared chat, to be copied or opened. */
export function ShareLink({ shareId, field, children }: ShareLinkProps) {
  const link = toShareLink(shareId);
  return (
    <div className="share-link">
      <input ref={field} readOnly value={link} aria-label="Link" onFocus={({ target }) => target.select()} />
      <CopyButton label="Copy" text={() => link} />
      <a className="button" href={link} target="_blank" rel="noreferrer">
        <ExternalLink aria-hidden size={16} /> Open
      </a>
      {children}
    </div>
  );
}
