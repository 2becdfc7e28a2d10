import { Brain } from "lucide-react";
import { useAskOptions } from "../state/ask-options.ts";
import { Button } from "../parts/button.tsx";

export function MemoryButton() {
  const isOn = useAskOptions(({ memory }) => memory);
  return (
    <Button
      look="quiet"
      className={isOn ? "composer-switch on" : "composer-switch"}
      aria-label="Use memory"
      aria-pressed={isOn}
      title={isOn ? "What is remembered of you is sent along" : "Send along what is remembered of you"}
      onClick={() => useAskOptions.setState({ memory: !isOn })}
    >
      <Brain aria-hidden size={18} />
      {isOn && <span className="composer-switch-state">Memory</span>}
    </Button>
  );
}
