import type { ReactNode } from "react";

/** A table that may be wider than the page scrolls within itself, by keyboard as well. */
export function TableBox({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    <div className="table-box" role="region" aria-label={label} tabIndex={0}>
      <table className="table">{children}</table>
    </div>
  );
}
