import { Menu as Base } from "@base-ui/react/menu";
import { Check, ChevronDown } from "lucide-react";
import { useState } from "react";
import { IconButton } from "../parts/button.tsx";
import { changeSpeed } from "./speaker.ts";
import { speeds, useVoiceChoice } from "./voice-choice.ts";

export interface ListenMenuProps {
  readonly speakers: readonly string[];
  readonly provider: string;
}

/** Who reads aloud, and how fast. */
export function ListenMenu({ speakers, provider }: ListenMenuProps) {
  const { speed } = useVoiceChoice();
  const [isUsed, setIsUsed] = useState(false);
  // A chat has hundreds of answers: what few of them ever open is made when it is opened.
  if (!isUsed)
    return (
      <IconButton
        className="answer-listen-more"
        label="Voice and speed"
        aria-haspopup="menu"
        aria-expanded={false}
        onClick={() => setIsUsed(true)}
      >
        <ChevronDown aria-hidden size={14} />
      </IconButton>
    );
  return (
    <Base.Root defaultOpen>
      <Base.Trigger
        className="button quiet icon answer-listen-more"
        aria-label="Voice and speed"
        title="Voice and speed"
      >
        <ChevronDown aria-hidden size={14} />
      </Base.Trigger>
      <Base.Portal>
        <Base.Positioner sideOffset={4} align="end" className="positioner">
          <Base.Popup className="menu">
            <Choices
              label="Voice"
              value={provider}
              choices={speakers.map((name) => ({ value: name, label: name }))}
              onChange={(name) => useVoiceChoice.setState({ provider: name })}
            />
            <Choices
              label="Speed"
              value={speed}
              choices={speeds.map((value) => ({ value, label: `${value}×` }))}
              onChange={changeSpeed}
            />
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}

interface ChoicesProps<T> {
  readonly label: string;
  readonly value: T;
  readonly choices: readonly { readonly value: T; readonly label: string }[];
  readonly onChange: (value: T) => void;
}

function Choices<T>({ label, value, choices, onChange }: ChoicesProps<T>) {
  return (
    <Base.Group>
      <Base.GroupLabel className="answer-listen-label">{label}</Base.GroupLabel>
      <Base.RadioGroup value={value} onValueChange={onChange}>
        {choices.map((choice) => (
          <Base.RadioItem key={choice.label} value={choice.value} className="menu-entry answer-listen-choice">
            {choice.label}
            <Base.RadioItemIndicator>
              <Check aria-hidden size={16} />
            </Base.RadioItemIndicator>
          </Base.RadioItem>
        ))}
      </Base.RadioGroup>
    </Base.Group>
  );
}
