import { toSafeName } from "../lib/safe-name.ts";

/** A header that has browsers save what comes, under a name of any script (RFC 6266 §4.3, RFC 8187). */
export function attachment(name: string): Record<"content-disposition", string> {
  const safe = toSafeName(name);
  const ascii = safe.replace(/[^\x20-\x7e]/g, "_");
  return { "content-disposition": `attachment; filename="${ascii}"; filename*=UTF-8''${encodeURIComponent(safe)}` };
}
