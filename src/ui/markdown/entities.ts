const known = new Map<string, string>();

/** What Markdown writes as `&amp;` and the like, as the characters that they stand for. */
export function decodeEntities(text: string): string {
  return text.includes("&")
    ? text.replace(/&(?:#\d{1,7}|#[xX][\da-fA-F]{1,6}|[A-Za-z][A-Za-z\d]{1,31});/g, toSigns)
    : text;
}

/** A document that is never shown knows all two thousand names. */
function toSigns(entity: string): string {
  const found = known.get(entity);
  if (found !== undefined) return found;
  const signs = new DOMParser().parseFromString(entity, "text/html").body.textContent || entity;
  known.set(entity, signs);
  return signs;
}
