import { Dialog as Base } from "@base-ui/react/dialog";
import { ChevronLeft, ChevronRight, X } from "lucide-react";
import { type KeyboardEvent, useRef } from "react";
import type { KeptMedium } from "../../protocol/resources.ts";
import { Button } from "../parts/button.tsx";
import { wordOf } from "../parts/media-kinds.ts";
import { deleteLater } from "../state/deletions.ts";
import { neighbour } from "./media.ts";
import { MediumAbout } from "./medium-about.tsx";
import { MediumView } from "./medium-view.tsx";
import { toDeletion } from "./use-media.ts";

export interface MediumDialogProps {
  readonly isOpen: boolean;
  /** Stays when it is closed: the focus goes back to its tile. */
  readonly shown: KeptMedium | undefined;
  /** Those that it stands among. */
  readonly media: readonly KeptMedium[];
  readonly onShow: (medium: KeptMedium) => void;
  readonly onClose: () => void;
  readonly focusAfter: () => HTMLElement | null;
}

/** One of them, large; the arrow keys go on to its neighbours. */
export function MediumDialog({ isOpen, shown, media, onShow, onClose, focusAfter }: MediumDialogProps) {
  const popup = useRef<HTMLDivElement>(null);
  const at = media.findIndex(({ name }) => name === shown?.name);
  const [before, after] = [neighbour(media, at, -1), neighbour(media, at, 1)];
  const show = (medium: KeptMedium | undefined) => {
    if (medium) onShow(medium);
  };

  const onKeyDown = (event: KeyboardEvent) => {
    // Players have use for the arrows themselves.
    if (event.target instanceof HTMLMediaElement || event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === "ArrowLeft") show(before);
    if (event.key === "ArrowRight") show(after);
  };

  const remove = (medium: KeptMedium) => {
    deleteLater(toDeletion(medium, () => onShow(medium)));
    const next = after ?? before;
    if (next) onShow(next);
    else onClose();
    popup.current?.focus();
  };

  return (
    <Base.Root open={isOpen} onOpenChange={(open) => open || onClose()}>
      <Base.Portal>
        <Base.Backdrop className="backdrop" />
        <Base.Popup
          ref={popup}
          className="dialog gallery-dialog"
          onKeyDown={onKeyDown}
          initialFocus={popup}
          finalFocus={focusAfter}
        >
          {shown && (
            <>
              <header>
                <Base.Title>{`A ${wordOf(shown)}`}</Base.Title>
                <span className="muted" role="status">{`${at + 1} of ${media.length}`}</span>
                <Base.Close className="button quiet icon" aria-label="Close">
                  <X aria-hidden size={18} />
                </Base.Close>
              </header>
              <MediumView medium={shown} />
              <div className="gallery-steps">
                <Button aria-disabled={!before} onClick={() => show(before)}>
                  <ChevronLeft aria-hidden size={16} /> Previous
                </Button>
                <Button aria-disabled={!after} onClick={() => show(after)}>
                  Next <ChevronRight aria-hidden size={16} />
                </Button>
              </div>
              <MediumAbout medium={shown} onDelete={() => remove(shown)} />
            </>
          )}
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}
