import { Unconvertible } from "./unconvertible.ts";

/** `plain` stays as it is: it is what it says, in whatever language of people or machines. */
export type TextFormat = "plain" | "csv" | "html" | "mail";

/** @throws {Unconvertible} for text that is another format's bones */
export function recogniseText(sample: Uint8Array, extension: string): TextFormat {
  if (tables.test(extension)) return "csv";
  if (pages.test(extension)) return "html";
  if (mails.test(extension)) return "mail";
  const head = new TextDecoder(sample[0] === 0xff ? "utf-16le" : "utf-8").decode(sample.subarray(0, 8192)).trimStart();
  if (head.startsWith("{\\rtf")) throw new Unconvertible("it is RTF; save it as docx or PDF");
  if (!leavesOpen.test(extension)) return "plain";
  if (/^(<\?xml[^>]*>\s*)?(<!--[^>]*-->\s*)*<(!doctype\s+html|html|head|body)\b/i.test(head)) return "html";
  return isMail(head) ? "mail" : "plain";
}

const tables = /^(csv|tsv|tab)$/;
const pages = /^(html?|xhtml|xht|shtml)$/;
const mails = /^(eml|mht|mhtml)$/;

/**
 * With these, or none, a page or a mail is looked for by content: they say nothing, or promise something binary that it is
 * not. Any other is believed: a template in PHP begins as a page does, and is source code.
 */
const leavesOpen =
  /^(|te?xt|data|bin|dat|part|tmp|bak|old|\d+|pdf|docx?|pptx?|xlsx?|od[tsp]|epub|zip|t?gz|tar|msg|jpe?g|png|gif|webp|wav|mp[34]|flac|opus|og[gv]|m4a|mkv|webm|mov|avi|mpe?g)$/;

/** Three fields of a mail's head, one of which only mails have, from the first line on. */
function isMail(head: string): boolean {
  const [fields = ""] = head.split(/\r?\n\r?\n/, 1);
  const lines = fields.split(/\r?\n/);
  if (!lines.every((line, index) => /^[!-9;-~]+:|^[ \t]/.test(line) || (index === 0 && line.startsWith("From "))))
    return false;
  const names = lines.flatMap((line) => /^([!-9;-~]+):/.exec(line)?.[1]?.toLowerCase() ?? []);
  return (
    names.length >= 3 && names.some((name) => ["received", "message-id", "mime-version", "return-path"].includes(name))
  );
}
