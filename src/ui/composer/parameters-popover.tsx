import { Popover } from "@base-ui/react/popover";
import { SlidersHorizontal, X } from "lucide-react";
import { useAskOptions } from "../state/ask-options.ts";
import { ParametersForm } from "./parameters-form.tsx";

/** How an answer is to be: the system prompt and the parameters, behind a button that says how many are set. */
export function ParametersPopover() {
  const { system, parameters } = useAskOptions();
  const count = Object.keys(parameters).length + (system.trim() === "" ? 0 : 1);
  const label = count === 0 ? "System prompt and parameters" : `System prompt and parameters: ${count} set`;
  return (
    <Popover.Root>
      <Popover.Trigger
        className={`button quiet composer-switch ${count === 0 ? "" : "on"}`}
        aria-label={label}
        title={label}
      >
        <SlidersHorizontal aria-hidden size={18} />
        {count > 0 && <span className="composer-switch-state">{count} set</span>}
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Positioner side="top" align="start" sideOffset={6} collisionPadding={8} className="positioner">
          <Popover.Popup className="composer-parameters">
            <header>
              <Popover.Title>System prompt and parameters</Popover.Title>
              <Popover.Close className="button quiet icon" aria-label="Close">
                <X aria-hidden size={18} />
              </Popover.Close>
            </header>
            <ParametersForm />
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  );
}
