import { Dialog } from "../parts/dialog.tsx";
import { Switch } from "../parts/switch.tsx";
import { useShell } from "./shell-state.ts";
import { otherKeys, shortcuts } from "./shortcuts.ts";

const modifiers = /Mac|iPhone|iPad/.test(navigator.userAgent) ? ["⌥", "⇧"] : ["Alt", "Shift"];

/** All the page's shortcuts. */
export function ShortcutHelp() {
  const isOpen = useShell(({ isHelpOpen }) => isHelpOpen);
  const isHelpKeyOn = useShell((state) => state.isHelpKeyOn);
  const lines = [
    ...Object.entries(shortcuts).map(([letter, label]) => ({ keys: [...modifiers, letter.toUpperCase()], label })),
    ...otherKeys,
  ];
  return (
    <Dialog isOpen={isOpen} onClose={() => useShell.setState({ isHelpOpen: false })} title="Keyboard shortcuts">
      <dl className="shortcuts">
        {lines.map(({ keys, label }) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>
              {keys.map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dd>
          </div>
        ))}
      </dl>
      <Switch
        label="Open this list with ?"
        isOn={isHelpKeyOn}
        onChange={(isOn) => useShell.setState({ isHelpKeyOn: isOn })}
      />
    </Dialog>
  );
}
