import { ArrowUp, Square } from "lucide-react";
import { Button, IconButton } from "../parts/button.tsx";

export interface SendButtonProps {
  readonly isAnswering: boolean;
  /** How many files are still on their way. */
  readonly sending: number;
  readonly isEmpty: boolean;
  readonly onSend: () => void;
  readonly onStop: () => void;
}

/** Send and stop, in one place. */
export function SendButton({ isAnswering, sending, isEmpty, onSend, onStop }: SendButtonProps) {
  if (isAnswering)
    return (
      <IconButton look="primary" label="Stop" onClick={onStop}>
        <Square aria-hidden size={16} fill="currentColor" />
      </IconButton>
    );
  if (sending > 0)
    return (
      <Button look="primary" disabled>
        Sending {sending === 1 ? "a file" : `${sending} files`}…
      </Button>
    );
  return (
    <IconButton look="primary" label="Send" disabled={isEmpty} onClick={onSend}>
      <ArrowUp aria-hidden size={18} />
    </IconButton>
  );
}
