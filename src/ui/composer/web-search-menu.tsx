import { Menu as Base } from "@base-ui/react/menu";
import { Check, Globe } from "lucide-react";
import { useId } from "react";
import { type AskOptions, useAskOptions } from "../state/ask-options.ts";

type WebSearch = AskOptions["webSearch"];

const choices: readonly { readonly value: WebSearch; readonly label: string; readonly about: string }[] = [
  { value: false, label: "Off", about: "The model answers from what it knows." },
  { value: true, label: "On", about: "The web is searched for each question first." },
  { value: "auto", label: "As needed", about: "The model searches when it wants to, where it can use tools." },
];

export function WebSearchMenu() {
  const value = useAskOptions(({ webSearch }) => webSearch);
  const id = useId();
  const name = `Web search: ${choices.find((choice) => choice.value === value)?.label.toLowerCase() ?? "off"}`;
  return (
    <Base.Root>
      <Base.Trigger
        className={`button quiet composer-switch ${value === false ? "" : "on"}`}
        aria-label={name}
        title="Web search"
      >
        <Globe aria-hidden size={18} />
        {value !== false && <span className="composer-switch-state">{name}</span>}
      </Base.Trigger>
      <Base.Portal>
        <Base.Positioner sideOffset={4} side="top" align="start" className="positioner">
          <Base.Popup className="menu composer-choices">
            <Base.RadioGroup
              aria-label="Web search"
              value={value}
              onValueChange={(webSearch: WebSearch) => useAskOptions.setState({ webSearch })}
            >
              {choices.map((choice) => (
                <Base.RadioItem
                  key={choice.label}
                  value={choice.value}
                  closeOnClick
                  className="menu-entry"
                  aria-labelledby={`${id}-${choice.value}`}
                  aria-describedby={`${id}-${choice.value}-about`}
                >
                  <span>
                    <span id={`${id}-${choice.value}`}>{choice.label}</span>
                    <span id={`${id}-${choice.value}-about`} className="muted">
                      {choice.about}
                    </span>
                  </span>
                  <Base.RadioItemIndicator>
                    <Check aria-hidden size={16} />
                  </Base.RadioItemIndicator>
                </Base.RadioItem>
              ))}
            </Base.RadioGroup>
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}
