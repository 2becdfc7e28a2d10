import { Menu as Base } from "@base-ui/react/menu";
import type { LucideIcon } from "lucide-react";
import type { ReactElement, ReactNode } from "react";

export interface MenuEntry {
  readonly label: string;
  readonly icon?: LucideIcon;
  readonly isDanger?: boolean;
  readonly isDisabled?: boolean;
  readonly onSelect: () => void;
}

/** What can be done with something, behind the button that `trigger` is. */
export function Menu({ trigger, entries, children }: MenuProps) {
  return (
    <Base.Root>
      <Base.Trigger render={trigger} />
      <Base.Portal>
        <Base.Positioner sideOffset={4} align="end" className="positioner">
          <Base.Popup className="menu">
            {children}
            {entries.map(({ label, icon: Icon, isDanger, isDisabled = false, onSelect }) => (
              <Base.Item
                key={label}
                className={isDanger ? "menu-entry danger" : "menu-entry"}
                disabled={isDisabled}
                onClick={onSelect}
              >
                {Icon && <Icon aria-hidden size={16} />} {label}
              </Base.Item>
            ))}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}

export interface MenuProps {
  readonly trigger: ReactElement;
  readonly entries: readonly MenuEntry[];
  readonly children?: ReactNode;
}
