import PostalMime, { type Address, type Attachment, type Email } from "postal-mime";
import { htmlToMarkdown } from "./html.ts";

/** A mail's text, and the files that came with it, under the names that its sender gave them. */
export interface Mail {
  readonly text: string;
  readonly attachments: readonly { readonly name: string; readonly content: Uint8Array }[];
}

export async function convertMail(bytes: Uint8Array): Promise<Mail> {
  const mail = await PostalMime.parse(bytes, { attachmentEncoding: "arraybuffer" });
  const title = mail.subject?.trim() ? `# ${mail.subject.replace(/\s+/g, " ").trim()}\n\n` : "";
  return { text: `${title}${writeFields(mail)}\n\n${chooseBody(mail)}`, attachments: mail.attachments.map(toFile) };
}

function writeFields({ from, to, cc, date, headers }: Email): string {
  const fields: [string, string][] = [
    ["From", from ? writeAddress(from) : ""],
    ["To", (to ?? []).map(writeAddress).join(", ")],
    ["Cc", (cc ?? []).map(writeAddress).join(", ")],
    ["Date", date ?? headers.find(({ key }) => key === "date")?.value ?? ""],
  ];
  // Two spaces at a line's end keep the lines apart in Markdown.
  return fields.flatMap(([name, value]) => (value ? `${name}: ${value}` : [])).join("  \n");
}

function writeAddress({ name, address, group }: Address): string {
  if (group) return `${name}: ${group.map(writeAddress).join(", ")};`;
  return name && name !== address ? `${name} <${address}>` : address;
}

/** The plain text, unless it only says that the mail is to be read as a page. */
function chooseBody({ text, html }: Email): string {
  const plain = text?.replace(/\r\n?/g, "\n").trim() ?? "";
  if (!html || plain.length > 500) return plain;
  const rich = htmlToMarkdown(html);
  return plain === "" || rich.length > plain.length * 4 ? rich : plain;
}

function toFile({ filename, mimeType, content }: Attachment, index: number): { name: string; content: Uint8Array } {
  const name =
    filename ?? `attachment-${index + 1}.${mimeType === "message/rfc822" ? "eml" : mimeType.replace(/^.*[/+.]/, "")}`;
  return { name, content: typeof content === "string" ? Buffer.from(content) : new Uint8Array(content) };
}
