/** Where one goes on after what had the focus is gone: to where one writes; on a phone that would open its keyboard. */
export function focusComposer(): void {
  const main = document.getElementById("main");
  const box = main?.querySelector<HTMLElement>(".composer-text");
  if (box && !matchMedia("(pointer: coarse)").matches) box.focus();
  else main?.focus();
}
