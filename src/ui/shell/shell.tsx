import type { ReactNode } from "react";
import { Navigation } from "./navigation.tsx";

/** What stands around every page. */
export function Shell({ children }: { readonly children: ReactNode }) {
  return (
    <div className="shell">
      <Navigation />
      {children}
    </div>
  );
}
