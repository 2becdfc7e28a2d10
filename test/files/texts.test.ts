import { afterAll, describe, expect, test } from "bun:test";
import { openConverter } from "../support/converter.ts";

const converter = openConverter();
afterAll(() => converter[Symbol.dispose]());

async function textOf(name: string, content: string | Uint8Array): Promise<string> {
  const [told, ...others] = await converter.convert(name, content);
  expect(others).toEqual([]);
  if (!told || !("text" in told)) throw new Error(`${name}: ${JSON.stringify(told)}`);
  expect(told.name).toBe(name);
  return told.text;
}

async function reasonOf(name: string, content: string | Uint8Array): Promise<string> {
  const [told] = await converter.convert(name, content);
  return told && "reason" in told ? told.reason : JSON.stringify(told);
}

/** The other way round than `TextDecoder`, for charsets of one byte a letter. */
function encode(text: string, charset: string): Uint8Array {
  const letters = new TextDecoder(charset).decode(Uint8Array.from({ length: 256 }, (_, byte) => byte));
  return Uint8Array.from(text, (letter) => letters.indexOf(letter));
}

describe("text", () => {
  test.each([
    ["note.md", "# Title\n\n* one\n"],
    ["LOG.TXT", "12:00 it began\n"],
    ["data.json", '{"a": [1, 2]}'],
    ["lines.jsonl", '{"a":1}\n{"a":2}\n'],
    ["feed.xml", '<?xml version="1.0"?><a>1 &lt; 2</a>'],
    ["set.yaml", "a: 1\nb: [2]\n"],
    ["main.rs", 'fn main() { println!("<!-- {}", 1); }\n'],
    ["page.php", "<!DOCTYPE html><html><?php echo 1; ?></html>"],
    ["Makefile", "all:\n\tcc -o a a.c\n"],
    ["drawing.svg", '<svg xmlns="x"><text>hi</text></svg>'],
  ])("%s stays as it is", async (name, content) => {
    expect(await textOf(name, content)).toBe(content);
  });

  test("is a picture only if its bytes are", async () => {
    expect(await textOf("bm.txt", "BMW and GIF89 and ID3 are words")).toBe("BMW and GIF89 and ID3 are words");
  });

  test("ends its lines in one way, and loses NULs", async () => {
    expect(
      await textOf(
        "a.txt",
        "one\r\ntwo\rthree\nfo\0ur and more that is long enough to be no binary file at all, which is what a NUL tells in short ones",
      ),
    ).toStartWith("one\ntwo\nthree\nfour and");
  });

  test.each([
    ["UTF-8 with its mark", Buffer.from("\ufeffGrüße aus Köln")],
    ["UTF-16, little end first", Buffer.from("\ufeffGrüße aus Köln", "utf16le")],
    ["UTF-16, big end first", Buffer.from("\ufeffGrüße aus Köln", "utf16le").swap16()],
    ["UTF-16 without a mark", Buffer.from("Grüße aus Köln", "utf16le")],
    ["windows-1252", encode("Grüße aus Köln", "windows-1252")],
  ])("is read in %s", async (_, content) => {
    expect(await textOf("a.txt", content)).toBe("Grüße aus Köln");
  });

  test.each([
    ["windows-1251", "Привет, как дела? Это простой текст на русском языке, который надо узнать."],
    ["koi8-r", "Привет, как дела? Это простой текст на русском языке, который надо узнать."],
    ["windows-1253", "Καλημέρα, τι κάνετε; Αυτό είναι ένα απλό κείμενο στα ελληνικά."],
    ["windows-1255", "שלום, מה שלומך? זהו טקסט פשוט בעברית שצריך לזהות את הקידוד שלו."],
    ["windows-1256", "مرحبا كيف حالك هذا نص بسيط باللغة العربية يجب التعرف على ترميزه"],
    ["windows-874", "ในท่าเรือมีเรือหลายลำ ผู้เฝ้าประภาคารจดชื่อเรือทุกลำไว้ในสมุด แล้วก็เข้านอน"],
    ["windows-1252", "L'été dernier, à la plage, nous avons mangé des crêpes près du château."],
  ])("is recognised in %s", async (charset, text) => {
    expect(await textOf("a.txt", encode(text, charset))).toBe(text);
  });

  test("is recognised in Shift JIS, and believed where XML and HTML say what they are in", async () => {
    const japanese = Buffer.from("93fa967b8cea82cc837483408343838b82c582b78142", "hex");
    expect(await textOf("a.txt", japanese)).toBe("日本語のファイルです。");
    const xml = Buffer.concat([
      Buffer.from('<?xml version="1.0" encoding="windows-1251"?><a>'),
      encode("Да", "windows-1251"),
      Buffer.from("</a>"),
    ]);
    expect(await textOf("a.xml", xml)).toContain("<a>Да</a>");
    const html = Buffer.concat([Buffer.from('<html><head><meta charset="koi8-r"></head><p>'), encode("Да", "koi8-r")]);
    expect(await textOf("a.html", html)).toBe("Да");
  });

  test("that is none has a reason", async () => {
    expect(await reasonOf("a.txt", "")).toBe("it is empty");
    expect(await reasonOf("a.txt", " \n\t\n")).toBe("it has no text");
    const noise = new Bun.CryptoHasher("sha512").update("seed").digest();
    expect(await reasonOf("a.txt", Buffer.concat([noise, Buffer.alloc(100), noise]))).toBe(
      "it is no document, picture, sound or film that can be read",
    );
    expect(await reasonOf("a.doc", Buffer.from("d0cf11e0a1b11ae1".padEnd(1200, "0"), "hex"))).toContain(
      "old Office format",
    );
    expect(await reasonOf("a.txt", "{\\rtf1 hello}")).toContain("RTF");
  });
});

describe("tables", () => {
  test.each([
    ["a.csv", 'name,note\nAnn,"a, b"\nBob,"x|y\nz"\n'],
    ["a.CSV", 'name;note\r\nAnn;a, b\r\nBob;"x|y\nz"\r\n'],
    ["a.tsv", 'name\tnote\nAnn\ta, b\nBob\t"x|y\nz"\n'],
  ])("%s becomes one, whatever separates its fields", async (name, content) => {
    expect(await textOf(name, content)).toBe("| name | note |\n| --- | --- |\n| Ann | a, b |\n| Bob | x\\|y<br>z |");
  });

  test("keeps every cell of a hundred thousand rows, and of rows longer than the first", async () => {
    const rows = Array.from({ length: 100_000 }, (_, index) => `${index},${index * 2}`);
    const text = await textOf("a.csv", `a\n${rows.join("\n")}`);
    expect(text.split("\n")).toHaveLength(100_002);
    expect(text).toEndWith("| 99999 | 199998 |");
    expect(text).toStartWith("| a |  |\n| --- | --- |\n| 0 | 0 |");
  });
});

describe("a page", () => {
  const around =
    "<nav><a href=/>Home</a> <a href=/shop>Shop</a></nav><footer>All rights reserved</footer><script>evil()</script>";
  const story =
    "<p>Long ago there was a lighthouse. Its keeper counted the ships, wrote them down, and slept.</p>".repeat(5);

  test("is its main part, under its title, without scripts", async () => {
    const text = await textOf(
      "a.html",
      `<html><head><title>The light</title><style>p{}</style></head><body>${around}<main>${story}</main></body></html>`,
    );
    expect(text).toStartWith("# The light\n\nLong ago");
    expect(text).not.toMatch(/Shop|rights|evil|p\{\}/);
  });

  test("is known by its content under another name, and is all that it shows where it has no main part", async () => {
    const text = await textOf("a.pdf", "<!DOCTYPE html><body><h1>List</h1><table><tr><th>a<th>b<tr><td>1<td>2</table>");
    expect(text).toBe("# List\n\n| a | b |\n| --- | --- |\n| 1 | 2 |");
  });

  test("loses what stands around an article, not the article's head", async () => {
    const text = await textOf(
      "a.html",
      `<body>${around}<article><header><h1>The light</h1></header>${story}</article></body>`,
    );
    expect(text).toContain("Long ago");
    expect(text).not.toMatch(/Shop|rights/);
  });

  test("that is nested beyond measure has a reason", async () => {
    expect(await reasonOf("a.html", `<body>${"<div>".repeat(20_000)}hi`)).toContain("nested too deeply");
  });
});

describe("a mail", () => {
  const mail = [
    "From: =?utf-8?q?J=C3=BCrgen?= <j@example.com>",
    "To: a@example.com, b@example.com",
    "Subject: The =?utf-8?q?K=C3=B6ln?= report",
    "Date: Fri, 27 Nov 2026 10:00:00 +0000",
    "MIME-Version: 1.0",
    'Content-Type: multipart/mixed; boundary="x"',
    "",
    "--x",
    "Content-Type: text/html; charset=utf-8",
    "Content-Transfer-Encoding: quoted-printable",
    "",
    "<p>See the <b>numbers</b> below.</p>",
    "--x",
    'Content-Type: text/csv; name="n.csv"',
    'Content-Disposition: attachment; filename="n.csv"',
    "Content-Transfer-Encoding: base64",
    "",
    Buffer.from("a,b\n1,2\n").toString("base64"),
    "--x--",
    "",
  ].join("\r\n");

  test("is its head and its text, and what is attached follows", async () => {
    const [text, table] = await converter.convert("m.eml", mail);
    expect(text).toEqual({
      name: "m.eml",
      text: "# The Köln report\n\nFrom: Jürgen <j@example.com>  \nTo: a@example.com, b@example.com  \nDate: 2026-11-27T10:00:00.000Z\n\nSee the **numbers** below.",
    });
    expect(table).toEqual({ name: "n.csv", text: "| a | b |\n| --- | --- |\n| 1 | 2 |" });
  });

  test("is known by its content", async () => {
    expect(await converter.convert("m", mail)).toHaveLength(2);
  });
});

test("media are kept as they are, whatever they are called", async () => {
  const picture = Buffer.from(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==",
    "base64",
  );
  expect(await converter.convert("a.txt", picture)).toEqual([{ name: "a.txt", type: "image/png", content: picture }]);
  const wave = Buffer.concat([
    Buffer.from(
      "RIFF\x24\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0\x40\x1f\0\0\x80\x3e\0\0\x02\0\x10\0data\0\0\0\0",
      "latin1",
    ),
    Buffer.alloc(64),
  ]);
  expect(await converter.convert("a", wave)).toMatchObject([{ type: "audio/wav" }]);
});
