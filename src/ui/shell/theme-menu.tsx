import { Menu } from "@base-ui/react/menu";
import { Check, Monitor } from "lucide-react";
import { type Theme, themes, useTheme } from "./theme.ts";

export function ThemeMenu() {
  const chosen = useTheme(({ theme }) => theme);
  const Icon = themes.find(({ value }) => value === chosen)?.icon ?? Monitor;
  return (
    <Menu.Root>
      <Menu.Trigger className="button quiet icon" aria-label="Colours" title="Colours">
        <Icon aria-hidden size={18} />
      </Menu.Trigger>
      <Menu.Portal>
        <Menu.Positioner sideOffset={4} align="start" className="positioner">
          <Menu.Popup className="menu">
            <Menu.RadioGroup value={chosen} onValueChange={(theme: Theme) => useTheme.setState({ theme })}>
              {themes.map(({ value, label, icon: Each }) => (
                <Menu.RadioItem key={value} value={value} className="menu-entry" closeOnClick>
                  <Each aria-hidden size={16} /> {label}
                  <Menu.RadioItemIndicator className="theme-chosen">
                    <Check aria-hidden size={16} />
                  </Menu.RadioItemIndicator>
                </Menu.RadioItem>
              ))}
            </Menu.RadioGroup>
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  );
}
