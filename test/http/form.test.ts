import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { open } from "node:fs/promises";
import { boundary, contentsOf, field, file, formRequest, openUploads, toForm } from "../support/form.ts";

const delimiter = `\r\n--${boundary}`;

describe("a form arrives whole", () => {
  test("fields and files in order, those of one name together", async () => {
    using uploads = openUploads();
    const body = toForm(
      [field("json"), '{"ä":1}'],
      [file("a.png"), "first"],
      [field("media_url"), "https://a/"],
      [file("a.png"), ""],
      [field("media_url"), "https://b/"],
    );
    await using form = await uploads.read(formRequest([body]));
    expect(contentsOf(form)).toEqual({
      fields: { json: ['{"ä":1}'], media_url: ["https://a/", "https://b/"] },
      files: [
        { field: "files", name: "a.png", type: "image/png", content: "first" },
        { field: "files", name: "a.png", type: "image/png", content: "" },
      ],
    });
    expect(form.files[0]).toMatchObject({
      bytes: 5,
    });
  });

  test("cut at every byte, and byte by byte", async () => {
    using uploads = openUploads();
    const content = `a\r\n--${boundary.slice(0, -1)}\r\n-\r\r\n--${delimiter.slice(0, -2)}`;
    const body = toForm([field("json"), "{}"], [file("a.png"), content], [file("b.png"), ""]);
    const cuts = Array.from(body, (_, at) => [body.subarray(0, at), body.subarray(at)]);
    for (const pieces of [...cuts, Array.from(body, (byte) => Buffer.from([byte]))]) {
      await using form = await uploads.read(formRequest(pieces));
      const { fields, files } = contentsOf(form);
      expect([fields, files.map((each) => each.content)]).toEqual([{ json: ["{}"] }, [content, ""]]);
    }
  });

  test("whatever the files hold, wherever they are cut", async () => {
    using uploads = openUploads();
    const beginnings = fc.integer({ min: 1, max: delimiter.length - 1 }).map((end) => delimiter.slice(0, end));
    const fragment = fc.oneof(
      beginnings,
      fc.constantFrom("\r", "\n", "\r\n", "--", "\r\n\r\n", boundary),
      fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes).toString("latin1")),
    );
    const content = fc
      .array(fragment, { maxLength: 12 })
      .map((fragments) => fragments.join(""))
      .filter((text) => !`\r\n${text}`.includes(delimiter));
    const cuts = fc.array(fc.nat(), { maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(fc.array(content, { maxLength: 4 }), cuts, async (contents, places) => {
        const body = toForm(...contents.map((text) => [file("a"), Buffer.from(text, "latin1")] as const));
        const ends = places.map((place) => place % body.length).sort((a, b) => a - b);
        const pieces = [...ends, body.length].map((end, index) => body.subarray(ends[index - 1] ?? 0, end));
        await using form = await uploads.read(formRequest(pieces));
        expect(contentsOf(form).files.map((each) => each.content)).toEqual(contents);
      }),
      { numRuns: 300 },
    );
    expect(uploads.count()).toBe(0);
  });

  test("with boundaries of every kind, lines before and behind, and spaces after a boundary", async () => {
    using uploads = openUploads();
    const types: readonly (readonly [type: string, boundary: string])[] = [
      ["multipart/form-data; boundary=x", "x"],
      ["Multipart/Form-Data; charset=utf-8;BOUNDARY=x;", "x"],
      ['multipart/form-data; boundary="a b;c=d"', "a b;c=d"],
      ["multipart/form-data; boundary='()+_,-./:=?", "'()+_,-./:=?"],
      ['multipart/form-data; boundary="a\\"b"', 'a"b'],
      [`multipart/form-data; boundary=${"b".repeat(70)}`, "b".repeat(70)],
    ];
    for (const [type, mark] of types) {
      const body = `before --${mark}\r\n\r\n--${mark} \t\r\n${field("a")}\r\n\r\n1\r\n--${mark}--\r\nbehind\r\n--${mark}\r\n`;
      await using form = await uploads.read(formRequest([body], type));
      expect(contentsOf(form).fields).toEqual({ a: ["1"] });
    }
  });

  test("with no part, with parts that lack their empty line, and with folded headers", async () => {
    using uploads = openUploads();
    expect(contentsOf(await uploads.read(formRequest([`--${boundary}--`])))).toEqual({ fields: {}, files: [] });
    const bare = `--${boundary}\r\n${field("a")}\r\n\r\n--${boundary}\r\n${field("b")}\r\n\r\n--${boundary}--`;
    expect(contentsOf(await uploads.read(formRequest([bare]))).fields).toEqual({ a: [""], b: [""] });
    const folded = toForm(['content-disposition:form-data;\r\n\tname="a";\r\n filename="b"', "1"]);
    expect(contentsOf(await uploads.read(formRequest([folded]))).files).toMatchObject([{ field: "a", name: "b" }]);
  });

  test("a thousand small files", async () => {
    using uploads = openUploads();
    const parts = Array.from({ length: 1000 }, (_, index) => [file(`${index}`), `content ${index}`] as const);
    await using form = await uploads.read(formRequest([toForm(...parts)]));
    expect(contentsOf(form).files.map(({ content }) => content)).toEqual(parts.map(([, content]) => content));
  });

  test("what is a file and what a field: by its name, or by a type that no field has", async () => {
    using uploads = openUploads();
    const typed = (type: string) => `${field("a")}\r\nContent-Type: ${type}`;
    const body = toForm(
      [typed("text/plain; charset=utf-8"), "1"],
      [typed("Application/JSON"), "2"],
      [typed("application/octet-stream"), "3"],
      [typed("multipart/mixed; boundary=x"), "--x--"],
      [`${field("a")}; filename=""\r\nContent-Type: application/octet-stream`, ""],
      [`${field("a")}; filename=""`, "4"],
      [`${field("a")}; filename="empty"`, ""],
    );
    await using form = await uploads.read(formRequest([body]));
    const { fields, files } = contentsOf(form);
    expect(fields).toEqual({ a: ["1", "2"] });
    expect(files.map(({ name, content }) => [name, content])).toEqual([
      ["", "3"],
      ["", "--x--"],
      ["", "4"],
      ["empty", ""],
    ]);
  });
});

describe("a form is refused", () => {
  const D = field("a");
  const shapes: readonly (readonly [name: string, body: string, why: string])[] = [
    ["whose lines end with LF alone", toForm([D, "1"]).toString().replaceAll("\r", ""), "CR and LF"],
    ["whose boundary goes on", `--${boundary}x\r\n${D}\r\n\r\n1${delimiter}--`, "CR and LF"],
    ["whose boundary goes on within", `--${boundary}\r\n${D}\r\n\r\n1${delimiter}-x${delimiter}--`, "CR and LF"],
    ["whose boundary has a very long tail of spaces", `--${boundary}${" ".repeat(1e6)}\r\n`, "CR and LF"],
    ["whose boundary has a very long tail of CR", `--${boundary}${"\r".repeat(1e6)}\n`, "CR and LF"],
    ["whose boundary has a very long tail of tabs and CRs", `--${boundary}${"\t\r".repeat(5e5)}\n`, "CR and LF"],
    ["that is cut off within its content", `--${boundary}\r\n${file("a")}\r\n\r\n1`, "its last boundary"],
    ["that is cut off within its headers", `--${boundary}\r\n${D}`, "its last boundary"],
    ["that is cut off after a boundary", `--${boundary}\r\n${D}\r\n\r\n1${delimiter}\r\n`, "its last boundary"],
    ["that is empty", "", "its last boundary"],
    ["without a boundary", "-".repeat(1e6), "its last boundary"],
    ["whose part has no headers", toForm(["", "1"]).toString(), "Content-Disposition"],
    ["whose part has no disposition", toForm(["Content-Type: image/png", "1"]).toString(), "Content-Disposition"],
    ["whose part has no name", toForm(['Content-Disposition: form-data; filename="a"', ""]).toString(), "with a name"],
    ["whose part is no form's", toForm(['Content-Disposition: attachment; name="a"', ""]).toString(), "with a name"],
    ["whose part has a name without an end", toForm([`${D}; filename="b`, ""]).toString(), "with a name"],
    ["whose part has more than a name", toForm([`${D}; filename="b"c"`, ""]).toString(), "with a name"],
    ["whose part has a header without a colon", toForm([`${D}\r\nnonsense`, ""]).toString(), "a header that is none"],
    ["whose part has a header with a bare LF", toForm([`${D}\nX: 1`, ""]).toString(), "a header that is none"],
    ["whose part has a NUL in its name", toForm([file("a\0.png"), ""]).toString(), "a header that is none"],
    ["whose part has a header twice", toForm([`${D}\r\n${D}`, ""]).toString(), "one header twice"],
    ["whose part lacks its empty line", `--${boundary}\r\n${D}\r\n${toForm([D, ""])}`, "a header that is none"],
    [
      "whose part is encoded",
      toForm([`${D}\r\nContent-Transfer-Encoding: base64`, ""]).toString(),
      "transfer encoding",
    ],
    ["whose part has a very long header", toForm([`${D}\r\nX: ${"x".repeat(1e6)}`, ""]).toString(), "8192 bytes"],
    ["whose part has very many headers", toForm([`${D}${"\r\nX: y".repeat(1e5)}`, ""]).toString(), "8192 bytes"],
    ["whose part has a name of backslashes", toForm([`${D}; filename="${"\\".repeat(7999)}`, ""]).toString(), "a name"],
  ];
  for (const [name, body, why] of shapes) {
    test(`${name}, and no file stays`, async () => {
      using uploads = openUploads();
      const fileBefore = `--${boundary}\r\n${file("a.png")}\r\n\r\ncontent\r\n`;
      const middle = Math.floor(body.length / 2);
      for (const pieces of [[body], [body.slice(0, middle), body.slice(middle)], [fileBefore, body]]) {
        const [status, code, message] = await uploads.refusal(formRequest(pieces));
        expect([status, code]).toEqual([400, "invalid_request"]);
        expect(message).toContain(why);
      }
      expect(uploads.count()).toBe(0);
    });
  }

  test("that is none, or names no boundary", async () => {
    using uploads = openUploads();
    const refused = async (type: string) => (await uploads.refusal(formRequest([toForm([D, "1"])], type))).slice(0, 2);
    for (const type of ["application/json", "multipart/mixed; boundary=x", "", "multipart/form-data-not; boundary=x"])
      expect(await refused(type)).toEqual([400, "invalid_request"]);
    for (const boundary of ["", "; boundary=", '; boundary=""', "; boundary=ü", `; boundary=${"b".repeat(71)}`])
      expect(await refused(`multipart/form-data${boundary}`)).toEqual([400, "invalid_request"]);
  });

  test("of too many parts, at once", async () => {
    using uploads = openUploads();
    const parts = (count: number) =>
      toForm([file("a"), "1"], ...Array.from({ length: count - 1 }, () => [D, ""] as const));
    const tooMany = [413, "body_too_large", "the form has more than 1000 parts"] as const;
    expect((await uploads.read(formRequest([parts(1000)]))).fields.get("a")).toHaveLength(999);
    expect(await uploads.refusal(formRequest([parts(1001)]))).toEqual(tooMany);
    expect(await uploads.refusal(formRequest([parts(100_000)]))).toEqual(tooMany);
    expect(uploads.count()).toBe(1);
  });

  test("that is too large, by its own account, in chunks, or in its fields together", async () => {
    using uploads = openUploads();
    const whole = toForm([file("a"), "a".repeat(500)], [D, "1".repeat(60)], [D, "2".repeat(60)]);
    const limited = (limits: object) => uploads.refusal(formRequest([whole]), limits);
    expect(await limited({ maxBytes: whole.byteLength, maxFieldBytes: 120 })).toEqual([200, "", ""]);
    expect(await limited({ maxBytes: whole.byteLength - 1 })).toEqual([
      413,
      "body_too_large",
      `the body is larger than ${whole.byteLength - 1} bytes`,
    ]);
    expect(await limited({ maxFieldBytes: 119 })).toEqual([
      413,
      "body_too_large",
      "the fields of the form are larger than 119 bytes",
    ]);
    const said = formRequest([whole]);
    said.headers.set("content-length", "1000000");
    expect(await uploads.refusal(said, { maxBytes: 999_999 })).toEqual([
      413,
      "body_too_large",
      "the body is larger than 999999 bytes",
    ]);
    expect(uploads.count()).toBe(1);
  });

  test("whose field is not UTF-8", async () => {
    using uploads = openUploads();
    const body = toForm([file("a"), "1"], [D, new Uint8Array([0x61, 0xff])]);
    expect(await uploads.refusal(formRequest([body]))).toEqual([400, "invalid_request", 'the field "a" is not UTF-8']);
    expect(uploads.count()).toBe(0);
  });

  test("that the disk does not take", async () => {
    using uploads = openUploads();
    async function* toFull(stream: AsyncIterable<Uint8Array>) {
      await using full = await open("/dev/full", "w");
      for await (const block of stream) {
        await full.write(block);
        yield block;
      }
    }
    const write = (stream: AsyncIterable<Uint8Array>) => uploads.write(toFull(stream));
    const [status, code] = await uploads.refusal(formRequest([toForm([file("a"), "1"])]), { write });
    expect([status, code, uploads.count()]).toEqual([503, "storage_unavailable", 0]);
  });

  test("that there is no place for, as our own fault", async () => {
    const uploads = openUploads();
    uploads[Symbol.dispose]();
    const [status, code] = await uploads.refusal(formRequest([toForm([file("a"), "1"])]));
    expect([status, code]).toEqual([500, "internal"]);
  });
});
