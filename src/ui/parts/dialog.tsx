import { Dialog as Base } from "@base-ui/react/dialog";
import { X } from "lucide-react";
import { type ReactNode, useRef } from "react";

export interface DialogProps {
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly title: string;
  /** One sentence below the title. */
  readonly about?: ReactNode;
  /** As wide as the page, for what is large. */
  readonly isWide?: boolean;
  readonly children?: ReactNode;
}

/**
 * Over the page, and alone to be reached while it is open; Escape closes it. It begins at what is marked with `data-first`: an
 * `autoFocus` would be taken for what had the focus before, and gets it back.
 */
export function Dialog({ isOpen, onClose, title, about, isWide = false, children }: DialogProps) {
  const popup = useRef<HTMLDivElement>(null);
  return (
    <Base.Root open={isOpen} onOpenChange={(open) => open || onClose()}>
      <Base.Portal>
        <Base.Backdrop className="backdrop" forceRender />
        <Base.Popup
          ref={popup}
          className={isWide ? "dialog wide" : "dialog"}
          // A touch would open a screen keyboard over it.
          initialFocus={(by) =>
            by === "touch" ? null : (popup.current?.querySelector<HTMLElement>("[data-first]") ?? null)
          }
        >
          <header>
            <Base.Title>{title}</Base.Title>
            <Base.Close className="button quiet icon" aria-label="Close">
              <X aria-hidden size={18} />
            </Base.Close>
          </header>
          {about !== undefined && <Base.Description className="muted">{about}</Base.Description>}
          {children}
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}
