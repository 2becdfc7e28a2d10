import type { ReactNode } from "react";
import { Link } from "wouter";
import { focusMessageBox } from "./focus-message-box.ts";

export interface NewChatLinkProps {
  readonly className: string;
  /** Where it is an icon alone. */
  readonly label?: string;
  readonly children: ReactNode;
}

/** Whoever begins a chat is about to write; on a phone that would open its keyboard over the examples. */
export function NewChatLink({ className, label, children }: NewChatLinkProps) {
  return (
    <Link href="/" className={`button ${className}`} aria-label={label} title={label} onClick={onClick}>
      {children}
    </Link>
  );
}

function onClick(event: { readonly ctrlKey: boolean; readonly metaKey: boolean; readonly shiftKey: boolean }): void {
  const isOtherTab = event.ctrlKey || event.metaKey || event.shiftKey;
  if (!isOtherTab && !matchMedia("(pointer: coarse)").matches) focusMessageBox();
}
