import { describe, expect, test } from "bun:test";
import { assert, property, string } from "fast-check";
import { toSafeName } from "../../src/lib/safe-name.ts";

describe("a safe name", () => {
  test("keeps letters and digits of any script, and the extension", () => {
    expect(toSafeName("日本語 ファイル.tar.gz")).toBe("日本語_ファイル.tar.gz");
    expect(toSafeName("../../etc/passwd")).toBe("etc_passwd");
    expect(toSafeName("a:b\u0000c.PNG")).toBe("a_b_c.PNG");
    expect(toSafeName(`${"x".repeat(200)}.jpeg`)).toBe(`${"x".repeat(95)}.jpeg`);
  });

  test("of a whole book is made without reading it", () => {
    const dots = (count: number) => `${"a"}${".".repeat(count)}b.png`;
    expect(toSafeName(dots(4_000_000))).toEndWith(".png");
    expect(toSafeName(`${"word ".repeat(1_000_000)}.pdf`)).toEndWith(".pdf");
  });

  test("is `file` where nothing is left", () => {
    for (const name of ["", "..", "/", "\u0000", "🎉", "-_-"]) expect(toSafeName(name)).toBe("file");
  });

  test("is short, clean and its own safe name, whatever it was", () => {
    assert(
      property(string({ unit: "binary", maxLength: 300 }), (name) => {
        const safe = toSafeName(name);
        expect(Buffer.byteLength(safe)).toBeLessThanOrEqual(100);
        expect(safe).toMatch(/^[\p{L}\p{M}\p{N}.,_+-]+$/u);
        expect(safe).not.toMatch(/^[.,_+-]|[.,_+-]$/);
        expect(toSafeName(safe)).toBe(safe);
      }),
    );
  });
});
