import TurndownService from "turndown";
import { escapeMarkdown } from "./escape.ts";
import { addListRules } from "./markdown-lists.ts";
import { addTableRules } from "./markdown-tables.ts";
import { assertShallow } from "./nesting.ts";
import { createNoteLabels, type NoteLabels } from "./note-labels.ts";

/**
 * HTML to GitHub's Markdown, for every format that is HTML or becomes it on its way. Pictures become their alternative text;
 * links within the document lose their target; footnotes are, as Mammoth writes them, those whose ids are `footnote-ref-1`
 * where it is called and `footnote-1` where it stands (`endnote-…`, `comment-…`); they are numbered through all that one
 * function converts.
 *
 * @throws {Unconvertible} where elements are nested more deeply than is to be read
 */
export function createMarkdown(): (html: string | HTMLElement) => string {
  const service = new TurndownService({
    headingStyle: "atx",
    hr: "---",
    bulletListMarker: "-",
    codeBlockStyle: "fenced",
    emDelimiter: "*",
  });
  service.escape = escapeMarkdown;
  service.remove(["script", "style", "noscript", "template", "title"]);
  const labels = createNoteLabels();
  addTextRules(service, labels);
  addListRules(service, labels);
  addTableRules(service);
  const { rules } = service;
  const forNode = rules.forNode.bind(rules);
  // The one thing that is asked of every element, and before those within it: its rule.
  rules.forNode = (node) => {
    let depth = 0;
    for (let each: Node | null = node; each; each = each.parentNode) assertShallow(++depth);
    return forNode(node);
  };
  return (html) => service.turndown(typeof html === "string" ? html.replace(longBlank, shorten) : html);
}

// Turndown looks for the end of a run of blanks from each of them: a hundred thousand would take it ten seconds.
const longBlank = /(?:\s|&nbsp;|&#(?:160|x[aA]0);){500,}/g;

function shorten(blank: string): string {
  return blank.includes("\n") ? "\n" : " ";
}

function addTextRules(service: TurndownService, labels: NoteLabels): void {
  service.addRule("heading", {
    filter: ["h1", "h2", "h3", "h4", "h5", "h6"],
    replacement: (content, { nodeName }) => {
      const line = content.replace(/\s+/g, " ").trim();
      return line === "" ? "" : `\n\n${"#".repeat(Number(nodeName[1]))} ${line}\n\n`;
    },
  });
  // A heading is bold as it is.
  service.addRule("strongHeading", {
    filter: ({ nodeName, parentNode: parent }) =>
      (nodeName === "STRONG" || nodeName === "B") && isHeading(parent?.nodeName === "P" ? parent.parentNode : parent),
    replacement: (content) => content,
  });
  service.addRule("link", {
    filter: ({ nodeName }) => nodeName === "A",
    replacement: (content, node) => {
      const target = node.getAttribute("href")?.trim() ?? "";
      const [, kind = "", isBack, name = ""] = /^#(footnote|endnote|comment)-(ref-)?(\w+)$/.exec(target) ?? [];
      if (isBack) return "";
      if (name !== "" && node.id === `${kind}-ref-${name}`) return `[^${labels.of(target.slice(1))}]`;
      if (content.trim() === "" || !/^(https?|mailto|ftp|tel):/i.test(target)) return content;
      return `[${content}](${target.replace(/[\s()<>\\]/g, encodeURIComponent).replace(/[()]/g, "\\$&")})`;
    },
  });
  service.addRule("picture", {
    filter: ["img"],
    replacement: (_, node) => {
      const alt = escapeMarkdown(node.getAttribute("alt") ?? "").replace(/\s+/g, " ");
      const source = node.getAttribute("src") ?? "";
      // Programs give pictures the names of their files, of which nobody learns anything.
      return alt.trim() === "" || /^[^\n]{0,300}\.(png|jpe?g|gif|webp|svg|bmp|tiff?|emf|wmf)$/i.test(alt.trim())
        ? ""
        : `![${alt.trim()}](${/^https?:[^\s()<>]*$/i.test(source) ? source : ""})`;
    },
  });
  service.addRule("struck", { filter: ["del", "s"], replacement: (content) => `~~${content}~~` });
  // 10⁶ is not 106; 1ˢᵗ is 1st.
  service.addRule("raised", {
    filter: ["sup"],
    replacement: (content) => (/^[-+−]?\d{1,4}$/.test(content) ? `^${content}` : content),
  });
  service.addRule("preformatted", {
    filter: ["pre"],
    replacement: (_, node) => {
      const text = (node.textContent ?? "").replace(/^\n|\n$/g, "");
      const longest = (text.match(/`{3,}/g) ?? []).reduce((most, run) => Math.max(most, run.length), 2);
      const fence = "`".repeat(longest + 1);
      const language = /\blanguage-([\w+#-]+)/.exec(
        `${node.className} ${node.firstElementChild?.className ?? ""}`,
      )?.[1];
      return `\n\n${fence}${language ?? ""}\n${text}\n${fence}\n\n`;
    },
  });
}

function isHeading(node: Node | null | undefined): boolean {
  return /^(H[1-6]|TH)$/.test(node?.nodeName ?? "");
}
