import { Monitor, Moon, Sun } from "lucide-react";
import { create } from "zustand";
import { persist } from "zustand/middleware";
import { followTabs } from "../state/follow-tabs.ts";

/** What can be chosen, as it is called wherever it is. */
export const themes = [
  { value: "system", label: "As the system", icon: Monitor },
  { value: "light", label: "Light", icon: Sun },
  { value: "dark", label: "Dark", icon: Moon },
] as const;

export type Theme = (typeof themes)[number]["value"];

/** Which colours somebody has chosen in this browser. */
export const useTheme = create<{ readonly theme: Theme }>()(
  persist((): { readonly theme: Theme } => ({ theme: "system" }), { name: "parley-theme" }),
);

/** Shows what was chosen, now and whenever it changes: called before anything is drawn. */
export function followTheme(): void {
  const metas = [...document.querySelectorAll<HTMLMetaElement>('meta[name="theme-color"]')];
  const usual = metas.map(({ content }) => content);
  const show = ({ theme }: { readonly theme: Theme }) => {
    if (theme === "system") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
    for (const [index, meta] of metas.entries())
      meta.content = (theme === "system" ? usual[index] : usual[theme === "light" ? 0 : 1]) ?? "";
  };
  show(useTheme.getState());
  useTheme.subscribe(show);
  followTabs(useTheme);
}
