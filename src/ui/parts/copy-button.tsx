import { Check, Copy } from "lucide-react";
import { useEffect, useState } from "react";
import { Button, type ButtonProps } from "./button.tsx";
import { notify } from "./toast.tsx";

export interface CopyButtonProps extends Omit<ButtonProps, "onClick"> {
  readonly label: string;
  readonly text: () => string;
}

/** Says for a moment that it has copied. */
export function CopyButton({ label, text, ...props }: CopyButtonProps) {
  const [isCopied, setCopied] = useState(false);
  useEffect(() => {
    if (!isCopied) return undefined;
    const timer = setTimeout(() => setCopied(false), 2000);
    return () => clearTimeout(timer);
  }, [isCopied]);
  const Icon = isCopied ? Check : Copy;
  return (
    <Button {...props} onClick={() => void copy(text()).then(setCopied)}>
      <Icon aria-hidden size={16} />
      <span aria-live="polite">{isCopied ? "Copied" : label}</span>
    </Button>
  );
}

/** Browsers lend the clipboard to pages of this machine and of https alone. */
async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    notify({ text: "This browser does not let the page copy here. Select the text instead.", isFailure: true });
    return false;
  }
}
