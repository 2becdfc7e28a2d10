import { gzipSync } from "node:zlib";
import type { Bomb } from "../bombs.ts";

const many = (count: number, text: string) => text.repeat(count);

const laughs = [..."abcdefghij"].map((name, index, all) =>
  index === 0 ? `<!ENTITY ${name} "lol">` : `<!ENTITY ${name} "${many(10, `&${all[index - 1]};`)}">`,
);

/** A few hundred bytes of entities that would be ten gigabytes. */
export const billionLaughs = `<!DOCTYPE x [${laughs.join("")}]>`;

const mailHead = "From: a@example.org\r\nMIME-Version: 1.0\r\nMessage-ID: <1@example.org>\r\n";

function nestedMail(depth: number): string {
  const opened = Array.from(
    { length: depth },
    (_, at) => `Content-Type: multipart/mixed; boundary=b${at}\r\n\r\n--b${at}\r\n`,
  );
  return `${mailHead}${opened.join("")}Content-Type: text/plain\r\n\r\nhello\r\n`;
}

/** Texts that are harmless to whoever reads them from the one end to the other. */
export const textBombs: readonly Bomb[] = [
  { name: "brackets.json", content: many(500_000, "[") },
  { name: "objects.json", content: `${many(200_000, '{"a":')}1${many(200_000, "}")}` },
  { name: "laughs.xml", content: `<?xml version="1.0"?>${billionLaughs}<x>&j;</x>` },
  { name: "deep.xml", content: `${many(200_000, "<a>")}${many(200_000, "</a>")}` },
  {
    name: "laughs.yaml",
    content: `a: &a [x]\n${[..."bcdefghi"].map((name, at) => `${name}: &${name} [${many(9, `*${"abcdefgh"[at]},`)}]`).join("\n")}\n`,
  },
  {
    name: "laughs.svg",
    content: `<?xml version="1.0"?>${billionLaughs}<svg xmlns="http://www.w3.org/2000/svg"><text>&j;</text></svg>`,
  },
  { name: "line.csv", content: many(2_000_000, "a") },
  { name: "columns.csv", content: many(300_000, "a,") },
  { name: "rows.csv", content: many(150_000, "a,b\n") },
  { name: "quote.csv", content: `"${many(500_000, "a\n,")}` },
  { name: "ragged.csv", content: `${many(2000, ",")}\n${many(20_000, "a\n")}` },
  { name: "divs.html", content: many(30_000, "<div>") },
  { name: "quotes.html", content: `${many(20_000, "<blockquote>")}deep` },
  { name: "lists.html", content: `${many(10_000, "<ul><li>")}deep` },
  { name: "tables.html", content: `${many(3000, "<table><tr><td>")}deep` },
  { name: "bold.html", content: `<p>${many(15_000, "<b><i>")}deep` },
  { name: "spans.html", content: `<table><tr><td colspan=100000000 rowspan=100000000>wide</td></tr></table>` },
  {
    name: "attributes.html",
    content: `<p ${Array.from({ length: 100_000 }, (_, at) => `a${at}=1`).join(" ")}>many</p>`,
  },
  { name: "comment.html", content: `<p>before</p><!--${many(300_000, "-")}` },
  { name: "angles.html", content: many(150_000, "<") },
  { name: "ampersands.html", content: `<p>${many(100_000, "&")}</p>` },
  { name: "entities.html", content: `<p>${many(40_000, "&#x0;&#xD800;&notanentity;")}</p>` },
  { name: "script.html", content: `<p>before</p><script>${many(100_000, "</scrip")}` },
  { name: "links.html", content: `<p>${many(15_000, '<a href="#">a</a>')}</p>` },
  {
    name: "frame.html",
    content: '<p>before</p><iframe src="file:///etc/passwd"></iframe><link rel=import href="file:///etc/passwd">',
  },
  { name: "brackets.md", content: many(300_000, "[](") },
  { name: "control.txt", content: Buffer.from(Array.from({ length: 5000 }, (_, at) => at % 32)) },
  { name: "odd.txt", content: Buffer.from([0xff, 0xfe, ...Buffer.from("odd", "utf16le"), 0x41]) },
  {
    name: "overlong.txt",
    content: Buffer.from([...Buffer.from("overlong "), 0xc0, 0xaf, 0xe0, 0x80, 0xaf, 0xf8, 0x88, 0x80, 0x80, 0xaf]),
  },
  { name: "nested.eml", content: nestedMail(5000) },
  { name: "heads.eml", content: `${mailHead}${many(100_000, "X-A: b\r\n")}\r\nhello\r\n` },
  { name: "long-head.eml", content: `${mailHead}Subject: ${many(500_000, "=?utf-8?q?a?= ")}\r\n\r\nhello\r\n` },
  { name: "folded.eml", content: `${mailHead}Subject: a${many(200_000, "\r\n b")}\r\n\r\nhello\r\n` },
  {
    name: "parts.eml",
    content: `${mailHead}Content-Type: multipart/mixed; boundary=b\r\n\r\n${many(20_000, "--b\r\nContent-Type: text/plain\r\n\r\na\r\n")}--b--\r\n`,
  },
  { name: "addresses.eml", content: `${mailHead}To: ${many(50_000, "a@b.c, ")}${many(20_000, "(")}\r\n\r\nhello\r\n` },
  { name: "base64.eml", content: `${mailHead}Content-Transfer-Encoding: base64\r\n\r\n${many(200_000, "!=?")}\r\n` },
  { name: "zeros.tar.gz", content: gzipSync(Buffer.alloc(40 * 1024 * 1024)) },
  { name: "zeros.gz", content: gzipSync(Buffer.alloc(40 * 1024 * 1024, "a")) },
];
