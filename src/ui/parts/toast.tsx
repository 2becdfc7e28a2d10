import { Toast as Base } from "@base-ui/react/toast";
import { X } from "lucide-react";
import type { ReactNode } from "react";

const manager = Base.createToastManager();

export interface Notice {
  readonly text: string;
  /** What takes it back, or does what is to be done about it. */
  readonly action?: { readonly label: string; readonly onSelect: () => void };
  readonly isFailure?: boolean;
  /** Called once nobody can act on it any more, and nobody has. */
  readonly onGone?: () => void;
}

/** Says it in the corner for some seconds, and to screen readers. */
export function notify({ text, action, isFailure = false, onGone }: Notice): void {
  let isActedOn = false;
  const id = manager.add({
    description: text,
    priority: isFailure ? "high" : "low",
    timeout: action ? 10_000 : 5_000,
    onClose: () => isActedOn || onGone?.(),
    ...(action && {
      actionProps: {
        children: action.label,
        onClick() {
          isActedOn = true;
          action.onSelect();
          manager.close(id);
          setTimeout(keepFocus, goneMs);
        },
      },
    }),
  });
}

/** How long a notice that was acted on takes to go; arbitrary. */
const goneMs = 250;

/** Whoever acted on a notice goes on in what is open, unless they were led elsewhere. */
function keepFocus(): void {
  if (document.activeElement !== document.body) return;
  const open = document.querySelector<HTMLElement>("[role=dialog]") ?? document.getElementById("main");
  if (open && !open.hasAttribute("tabindex")) open.tabIndex = -1;
  open?.focus();
}

/** Where notices appear. */
export function Toasts({ children }: { readonly children: ReactNode }) {
  return (
    <Base.Provider toastManager={manager}>
      {children}
      <Base.Portal>
        <Base.Viewport className="toasts">
          <List />
        </Base.Viewport>
      </Base.Portal>
    </Base.Provider>
  );
}

function List() {
  const { toasts } = Base.useToastManager();
  return toasts.map((toast) => (
    <Base.Root key={toast.id} toast={toast} className="toast">
      <Base.Description />
      <Base.Action className="button" />
      <Base.Close className="button quiet icon" aria-label="Close">
        <X aria-hidden size={16} />
      </Base.Close>
    </Base.Root>
  ));
}
