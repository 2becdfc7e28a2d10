/** After the page has had time to appear. */
export function focusMessageBox(): void {
  setTimeout(() => document.querySelector<HTMLElement>(".composer textarea")?.focus(), 50);
}
