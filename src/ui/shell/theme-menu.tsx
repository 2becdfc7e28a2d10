import { Menu } from "@base-ui/react/menu";
import { Check, Monitor, Moon, Sun } from "lucide-react";
import { type Theme, useTheme } from "./theme.ts";

const themes = [
  { theme: "system", label: "As the system", icon: Monitor },
  { theme: "light", label: "Light", icon: Sun },
  { theme: "dark", label: "Dark", icon: Moon },
] as const;

export function ThemeMenu() {
  const chosen = useTheme(({ theme }) => theme);
  const Icon = themes.find(({ theme }) => theme === chosen)?.icon ?? Monitor;
  return (
    <Menu.Root>
      <Menu.Trigger className="button quiet icon" aria-label="Colours" title="Colours">
        <Icon aria-hidden size={18} />
      </Menu.Trigger>
      <Menu.Portal>
        <Menu.Positioner sideOffset={4} align="start" className="positioner">
          <Menu.Popup className="menu">
            <Menu.RadioGroup value={chosen} onValueChange={(theme: Theme) => useTheme.setState({ theme })}>
              {themes.map(({ theme, label, icon: Each }) => (
                <Menu.RadioItem key={theme} value={theme} className="menu-entry" closeOnClick>
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
