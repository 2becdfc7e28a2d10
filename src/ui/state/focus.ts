/**
 * Before a row of a list goes: what its successor can be focused at, or its predecessor, or the page itself, gets the focus.
 * In a row that is what stands where the focus is now, by `data-focus`.
 */
export function focusAfterRemoval(row: HTMLElement | null): void {
  const next = row?.nextElementSibling ?? row?.previousElementSibling;
  const target = next?.querySelector<HTMLElement>("[data-focus]") ?? document.getElementById("main");
  target?.focus();
}

/** Once it is on the page again. */
export function focusLater(id: string): void {
  requestAnimationFrame(() => document.getElementById(id)?.focus());
}
