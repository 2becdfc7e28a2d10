/** Letters and digits mixed in one piece of twelve or more, as keys are and words, versions and dates are not. */
const mixed = /[A-Za-z\d]{12,}/g;

/** Whether a text may hold a key: others should not be shown it, whatever it is. */
export function isKeyLike(text: string): boolean {
  return (text.match(mixed) ?? []).some((piece) => /\d/.test(piece) && /[A-Za-z]/.test(piece));
}

/**
 * An address as people may see it, who look for where something is asked: a step of its path that may be a key is left out, and
 * so is what follows it.
 */
export function toShownAddress(address: string): string {
  const { origin, pathname, search } = new URL(address);
  const steps = pathname.split("/").map((step) => (isKeyLike(step) ? "…" : step));
  return `${origin}${steps.join("/")}${search === "" ? "" : "?…"}`.replace(/\/$/, "");
}

/** What an address holds that may be a key, as it is and as it is spelled there. */
export function keysWithin(address: string): string[] {
  const { pathname, search, searchParams } = new URL(address);
  const spelled = search
    .slice(1)
    .split("&")
    .map((each) => each.slice(each.indexOf("=") + 1));
  return [...pathname.split("/").filter(isKeyLike), ...searchParams.values(), ...spelled].filter((each) => each !== "");
}
