import { damaged } from "../unconvertible.ts";
import { assertText } from "./assert-text.ts";
import { createMarkdown } from "./markdown.ts";
import { writeMargins } from "./odf/margins.ts";
import { openOdf } from "./odf/package.ts";
import { createWriting } from "./odf/writer.ts";
import { childOf, childrenOf } from "./xml.ts";

/**
 * OpenDocument's texts. As with Word's, insertions are kept and deletions are not, comments become notes, headers and footers
 * are said once; tables of contents are left out, since they say every heading again.
 */
export function convertOdt(bytes: Uint8Array): string {
  const odf = openOdf(bytes);
  const content = odf.read("content.xml");
  const text = childOf(content, "office:body", "office:text");
  if (!content || !text) throw damaged();
  const writing = createWriting(odf, content);
  const { headers, footers } = writeMargins(odf.read("styles.xml"), writing);
  const body = writing.writeBlocks(childrenOf(text));
  return assertText(createMarkdown()(headers + body + footers + writing.notes.take()));
}
