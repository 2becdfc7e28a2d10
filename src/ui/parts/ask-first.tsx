import { Button } from "./button.tsx";
import { Dialog, type DialogProps } from "./dialog.tsx";

export interface AskFirstProps extends Omit<DialogProps, "isWide"> {
  /** `Keep it`: on the button that changes nothing. */
  readonly no: string;
  /** What is done, on the button that does it. */
  readonly yes: string;
  readonly look?: "danger" | "primary";
  readonly isBusy?: boolean;
  readonly onYes: () => void;
}

/** Asks before something is done that cannot be undone. */
export function AskFirst({ no, yes, look = "danger", isBusy = false, onYes, children, ...dialog }: AskFirstProps) {
  return (
    <Dialog {...dialog}>
      {children}
      <div className="dialog-actions">
        <Button onClick={dialog.onClose}>{no}</Button>
        <Button look={look} disabled={isBusy} onClick={onYes}>
          {yes}
        </Button>
      </div>
    </Dialog>
  );
}
