/** How this browser shows things is nobody's secret: it stays for the next person. */
const kept = new Set(["parley-theme", "parley-shell", "parley-forgotten"]);
const ownerName = "parley-owner";
/** When a person was forgotten, which the other tabs hear of. */
const forgottenName = "parley-forgotten";

/** Whether somebody else was signed in here before; from now on, it is this owner. */
export function isSomebodyElse(owner: string): boolean {
  const before = localStorage.getItem(ownerName);
  if (before !== null && before !== owner) return true;
  localStorage.setItem(ownerName, owner);
  return false;
}

/**
 * Drafts, choices and keys that this browser kept, and all that the page holds, which is why it is loaded anew.
 * @param next who is signed in then: null for nobody
 */
export function forgetPerson(next = localStorage.getItem(ownerName)): void {
  for (const name of Object.keys(localStorage))
    if (name.startsWith("parley-") && !kept.has(name)) localStorage.removeItem(name);
  if (next !== null) localStorage.setItem(ownerName, next);
  localStorage.setItem(forgottenName, String(Date.now()));
  beginAnew();
}

/** Where somebody is forgotten in another tab, what this one still holds of them goes as well. */
export function followPerson(): void {
  window.addEventListener("storage", ({ key }) => key === forgottenName && beginAnew());
}

/** Loads the page as if it were opened for the first time. */
export function beginAnew(): void {
  sessionStorage.clear();
  history.replaceState(null, "", location.pathname);
  location.reload();
}
