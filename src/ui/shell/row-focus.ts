/** Where the focus goes once a row is gone: the next one, or the one before. */
export function neighbourOf(row: HTMLLIElement | null): HTMLElement | null {
  const links = [...(row?.closest("nav")?.querySelectorAll<HTMLElement>(".chat-row > a") ?? [])];
  const at = links.findIndex((link) => link.parentElement === row);
  return links[at + 1] ?? links[at - 1] ?? null;
}

/** Rows move and go, and the focus with them: then it is with the row where it is now, or else with its neighbour. */
export function restoreFocus(chatId: string, neighbour: HTMLElement | null): void {
  // Until the page shows it, and the menu has given the focus back.
  setTimeout(() => {
    const { activeElement } = document;
    if (activeElement && activeElement !== document.body && !activeElement.matches("[role=dialog]")) return;
    const there = document.querySelector<HTMLElement>(`.chat-row > a[data-chat="${CSS.escape(chatId)}"]`);
    const next = neighbour?.isConnected ? neighbour : document.querySelector<HTMLElement>(".new-chat");
    (there ?? next)?.focus();
  }, 50);
}
