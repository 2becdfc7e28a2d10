import { afterAll, describe, expect, test } from "bun:test";
import { packTar, type TarHeader } from "modern-tar";
import { gzipSync } from "node:zlib";
import { openConverter, usualLimits } from "../support/converter.ts";
import { writeZip, type ZipPart } from "../support/zip.ts";

const converter = openConverter({ limits: { ...usualLimits, maxEntries: 20, maxBytes: 8 * 1024 * 1024 } });
afterAll(() => converter[Symbol.dispose]());

const packings: readonly [
  string,
  (parts: readonly { name: string; content: string | Uint8Array }[]) => Promise<Uint8Array>,
][] = [
  ["a.zip", async (parts) => writeZip(parts)],
  ["stored.zip", async (parts) => writeZip(parts.map((part) => ({ ...part, isStored: true })))],
  ["a.tar", (parts) => toTar(parts)],
  ["a.tar.gz", async (parts) => gzipSync(await toTar(parts))],
];

function toTar(parts: readonly { name: string; content: string | Uint8Array }[]): Promise<Uint8Array> {
  return packTar(
    parts.map(({ name, content }) => ({
      header: { name, size: Buffer.from(content as string).length },
      body: content,
    })),
  );
}

const picture = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==",
  "base64",
);

describe.each(packings)("the members of %s", (name, pack) => {
  test("are converted like files of their own, in order, and nothing else is left", async () => {
    const before = converter.leftovers().length;
    const told = await converter.convert(
      name,
      await pack([
        { name: "b/table.csv", content: "a,b\n1,2" },
        { name: "__MACOSX/b/._table.csv", content: "junk" },
        { name: ".DS_Store", content: "junk" },
        { name: "a.md", content: "# A" },
        { name: "p.jpg", content: picture },
        { name: "empty.txt", content: "" },
        { name: "inner.zip", content: writeZip([{ name: "x", content: "x" }]) },
      ]),
    );
    expect(told).toEqual([
      { name: "b/table.csv", text: "| a | b |\n| --- | --- |\n| 1 | 2 |" },
      { name: "a.md", text: "# A" },
      { name: "p.jpg", type: "image/png", content: picture },
      { name: "empty.txt", reason: "it is empty" },
      { name: "inner.zip", reason: "it is an archive inside another file; upload it by itself" },
    ]);
    expect(converter.leftovers()).toHaveLength(before + 3);
  });

  test.each([
    ["../../etc/cron.d/evil"],
    ["/etc/cron.d/evil"],
    ["C:\\Windows\\evil"],
    ["..\\..\\evil"],
    ["a/./../../b"],
    ["con"],
    ["aux.txt"],
    ["‮txt.exe"],
    ["．．／evil"],
    ["a".repeat(200)],
    ["file:///etc/passwd"],
    ["%2e%2e%2fevil"],
    ["~/.ssh/authorized_keys"],
  ])("called %j are written under generated names, and keep theirs as a word", async (member) => {
    const told = await converter.convert(name, await pack([{ name: member, content: "text" }]));
    expect(told).toEqual([{ name: member, text: "text" }]);
    for (const file of converter.leftovers()) expect(file).toMatch(/^[0-9a-f-]{36}\.\d+$/);
  });

  test("beyond the limits are left out, which is said once", async () => {
    const many = await converter.convert(
      name,
      await pack(Array.from({ length: 50 }, (_, i) => ({ name: `${i}`, content: "x" }))),
    );
    expect(many).toHaveLength(21);
    expect(many.at(-1)).toEqual({ name, reason: "it has more than 20 members; upload the others in parts" });
    const noise = crypto.getRandomValues(new Uint8Array(65_536));
    const large = Buffer.concat([Buffer.from("RIFF0000WAVEfmt "), ...Array.from({ length: 48 }, () => noise)]);
    const heavy = await converter.convert(
      name,
      await pack(Array.from({ length: 5 }, (_, i) => ({ name: `${i}`, content: large }))),
    );
    expect(heavy.map(({ name }) => name)).toEqual(["0", "1", name]);
    expect(heavy.at(-1)).toEqual({ name, reason: "it is more than 8 MiB when unpacked; upload it in parts" });
  });

  test("cut anywhere are told as far as they are whole, with a reason", async () => {
    const whole = await pack([
      { name: "a", content: "text ".repeat(300) },
      { name: "b", content: crypto.getRandomValues(new Uint8Array(3000)).toHex() },
    ]);
    for (const share of [0.05, 0.3, 0.6, 0.9]) {
      const told = await converter.convert(name, whole.subarray(0, Math.floor(whole.length * share)));
      expect(told.length).toBeGreaterThan(0);
      expect(told.some((each) => "reason" in each && each.reason !== "")).toBe(true);
    }
  });
});

test.each(packings)("%s that is nearly all text is an archive still", async (name, pack) => {
  const content = "text ".repeat(30_000);
  expect(await converter.convert(name, await pack([{ name: "a.txt", content }]))).toEqual([
    { name: "a.txt", text: content },
  ]);
});

describe("a zip", () => {
  const convert = (parts: readonly ZipPart[]) => converter.convert("a.zip", writeZip(parts));

  test("that unpacks to two hundred times its size, or whose heads lie about it, loses that member alone", async () => {
    const bomb = { name: "bomb", content: Buffer.alloc(4 * 1024 * 1024) };
    const told = await convert([bomb, { ...bomb, statedBytes: 10 }, { name: "a", content: "text" }]);
    const reason = expect.stringContaining("more than 200 times its size");
    expect(told).toEqual([
      { name: "bomb", reason },
      { name: "bomb", reason },
      { name: "a", text: "text" },
    ]);
  });

  test("keeps twins apart, follows no link, and opens nothing that is encrypted", async () => {
    const told = await convert([
      { name: "a", content: "one" },
      { name: "a", content: "two" },
      { name: "link", content: "/etc/passwd", mode: 0o120777 },
      { name: "secret", content: "x", flags: 0x801 },
      { name: "nul\0.txt", content: "nul" },
    ]);
    expect(told).toEqual([
      { name: "a", text: "one" },
      { name: "a", text: "two" },
      { name: "link", reason: "it is a link or a device, not a file" },
      { name: "secret", reason: "it is encrypted; upload it without its password" },
      { name: "nul\0.txt", text: "nul" },
    ]);
  });

  test("with nothing in it is empty", async () => {
    expect(await convert([])).toEqual([{ name: "a.zip", reason: "it is empty" }]);
  });
});

describe("a tar", () => {
  test.each(["symlink", "link", "character-device", "block-device", "fifo"] as const)(
    "has a %s left out",
    async (type) => {
      const header: TarHeader = { name: "evil", size: 0, type, linkname: "/etc/passwd" };
      const tar = await packTar([{ header }, { header: { name: "evil", size: 1 }, body: "x" }]);
      expect(await converter.convert("a.tar", tar)).toEqual([
        { name: "evil", reason: "it is a link or a device, not a file" },
        { name: "evil", text: "x" },
      ]);
    },
  );

  test("packed so well that hardly any is real ends there", async () => {
    const bomb = gzipSync(
      Buffer.concat([await toTar([{ name: "a", content: "text" }]), Buffer.alloc(64 * 1024 * 1024)]),
    );
    const told = await converter.convert("a.tgz", bomb);
    expect(told.at(-1)).toEqual({ name: "a.tgz", reason: expect.stringMatching(/more than (200 times|8 MiB)/) });
  });

  test("that is none is the one file that was packed", async () => {
    expect(await converter.convert("notes.md.gz", gzipSync("# Notes"))).toEqual([
      { name: "notes.md", text: "# Notes" },
    ]);
  });
});

test("a mail brings as many files as an archive holds, and what is beyond is told once", async () => {
  const attached = Array.from(
    { length: 25 },
    (_, n) => `--b\r\nContent-Disposition: attachment; filename="${n}.txt"\r\n\r\nfile ${n}\r\n`,
  );
  const head = "From: a@example.com\r\nMessage-ID: <1@example.com>\r\nMIME-Version: 1.0\r\n";
  const mail = `${head}Content-Type: multipart/mixed; boundary=b\r\n\r\n${attached.join("")}--b--\r\n`;
  const [text, beyond, ...members] = await converter.convert("m.eml", mail);
  expect([text?.name, members.length]).toEqual(["m.eml", 20]);
  expect(beyond).toEqual({ name: "m.eml", reason: expect.stringMatching(/more than 20 members/) });
});
