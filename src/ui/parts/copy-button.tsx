import { Check, Copy } from "lucide-react";
import { useEffect, useState } from "react";
import { Button, type ButtonProps, IconButton } from "./button.tsx";
import { copyText } from "./copy-text.ts";
import { notify } from "./toast.tsx";

export interface CopyButtonProps extends Omit<ButtonProps, "onClick"> {
  /** What it copies: `Copy code`. */
  readonly label: string;
  readonly text: () => string;
  /** Its label is read aloud, and shown where the pointer rests. */
  readonly isIcon?: boolean;
}

/** Says for a moment that it has copied. */
export function CopyButton({ label, text, isIcon = false, ...props }: CopyButtonProps) {
  const [isCopied, setCopied] = useState(false);
  useEffect(() => {
    if (!isCopied) return;
    const timer = setTimeout(() => setCopied(false), 2_000);
    return () => clearTimeout(timer);
  }, [isCopied]);
  const copy = async () => {
    if (await copyText(text())) setCopied(true);
    else notify({ text: "This browser does not let the page copy. Select the text instead.", isFailure: true });
  };
  const Icon = isCopied ? Check : Copy;
  const said = isCopied ? "Copied" : label;
  if (isIcon)
    return (
      <IconButton {...props} label={said} onClick={() => void copy()}>
        <Icon aria-hidden size={16} />
      </IconButton>
    );
  return (
    <Button {...props} onClick={() => void copy()}>
      <Icon aria-hidden size={16} />
      <span aria-live="polite">{said}</span>
    </Button>
  );
}
