/** `W/"1"`, `"1"`, or, as existing clients write it, `1`; what stands between quotes may hold a comma. */
const tags = /(?:W\/)?"([^"]*)"|(?:W\/)?([^\s,"]+)/g;

/** Whether `If-None-Match` or `If-Match` names this version, alone or among others. What cannot be read names none. */
export function namesVersion(value: string, version: number | string): boolean {
  if (value.trim() === "*") return true;
  return [...value.matchAll(tags)].some(([, quoted, bare]) => (quoted ?? bare) === String(version));
}

/** What a route that asks it answers as well, for `detail.responses`: no client's type has to tell it from a failure. */
export const unchanged = { 304: { description: "You have that version: nothing comes." } };
