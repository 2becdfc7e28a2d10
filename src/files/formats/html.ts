import { createMarkdown } from "./markdown.ts";
export function convertHtml(html: string): string {
  return createMarkdown()(html);
}
