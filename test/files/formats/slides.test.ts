import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { convertOdp } from "../../../src/files/formats/odp.ts";
import { convertPptx } from "../../../src/files/formats/pptx.ts";
import { odfOf, relationsOf, zipOf } from "./office-zip.ts";

const fixtures = join(import.meta.dir, "../../fixtures/formats");
const converters = { pptx: convertPptx, odp: convertOdp } as const;

for (const [format, convert] of Object.entries(converters))
  describe(`a presentation of LibreOffice's as Markdown: ${format}`, async () => {
    const markdown = convert(await Bun.file(join(fixtures, `deck.${format}`)).bytes());
    const [, first = "", second = "", third = ""] = markdown.split(/^<!-- Slide \d -->\n\n/m);

    test("a mark stands alone before each slide, hidden ones too", () => {
      expect(markdown.match(/^<!-- Slide \d -->$/gm)).toEqual([
        "<!-- Slide 1 -->",
        "<!-- Slide 2 -->",
        "<!-- Slide 3 -->",
      ]);
    });

    test("the title comes first wherever it stands, and the speaker's notes are quoted", () => {
      expect(first).toBe("## The Harbour\n\nA plan for the quays\n\n> Greet the pilots.\n> \n> Then begin.\n\n");
    });

    test("bullets keep their levels; groups are looked into", () => {
      expect(second).toContain(
        "- Dredge **soon**\n  - the channel\n  - the basin\n    - to ten metres\n- Rebuild [(plans)](https://harbour.example/plans)",
      );
      expect(second).toContain("In a group\n\nA remark beside");
    });

    test("tables, and the numbers of charts", () => {
      expect(third).toContain("| Berth |  | Depth |\n| --- | --- | --- |\n| 1 | east | 7 \\| 8 |\n| 2 | west | 9 |");
      expect(third).toContain(
        "Ships by year\n\n|  | Sail | Steam |\n| --- | --- | --- |\n| 2023 | 12 | 30 |\n| 2024 | 9 | 41.5 |",
      );
    });
  });

describe("what a slide may hold besides", () => {
  const slide = (shapes: string) =>
    `<p:sld xmlns:p="p" xmlns:a="a" xmlns:r="r" xmlns:m="m"><p:cSld><p:spTree>${shapes}</p:spTree></p:cSld></p:sld>`;
  const deckOf = (slides: readonly string[], others: Readonly<Record<string, string>> = {}) =>
    zipOf({
      "_rels/.rels": relationsOf(["officeDocument", "ppt/presentation.xml"]),
      "ppt/presentation.xml": `<p:presentation xmlns:p="p" xmlns:r="r"><p:sldIdLst>${slides
        .map((_, index) => `<p:sldId id="${index}" r:id="r${index + 1}"/>`)
        .join("")}</p:sldIdLst></p:presentation>`,
      "ppt/_rels/presentation.xml.rels": relationsOf(
        ...slides.map((_, index) => ["slide", `slides/slide${index + 1}.xml`] as const),
      ),
      ...Object.fromEntries(slides.map((text, index) => [`ppt/slides/slide${index + 1}.xml`, text])),
      ...others,
    });
  const words = (text: string) => `<a:p><a:r><a:t>${text}</a:t></a:r></a:p>`;

  test("the points of SmartArt, and formulas", () => {
    const frame = `<p:graphicFrame><a:graphic><a:graphicData><d:relIds xmlns:d="d" r:dm="r1"/></a:graphicData></a:graphic></p:graphicFrame>`;
    const formula = `<p:sp><p:txBody><a:p><mc:AlternateContent><mc:Choice><a14:m><m:oMath><m:sSup><m:e><m:r><m:t>x</m:t></m:r></m:e><m:sup><m:r><m:t>2</m:t></m:r></m:sup></m:sSup></m:oMath></a14:m></mc:Choice><mc:Fallback><a:r><a:t>picture</a:t></a:r></mc:Fallback></mc:AlternateContent></a:p></p:txBody></p:sp>`;
    const diagram = `<d:dataModel xmlns:d="d" xmlns:a="a"><d:ptLst><d:pt><d:t>${words("Plan")}</d:t></d:pt><d:pt type="parTrans"><d:t><a:p/></d:t></d:pt><d:pt><d:t>${words("Build")}</d:t></d:pt></d:ptLst></d:dataModel>`;
    const markdown = convertPptx(
      deckOf([slide(frame + formula)], {
        "ppt/slides/_rels/slide1.xml.rels": relationsOf(["diagramData", "../diagrams/data1.xml"]),
        "ppt/diagrams/data1.xml": diagram,
      }),
    );
    expect(markdown).toBe("<!-- Slide 1 -->\n\n- Plan\n\n- Build\n\nx^2");
  });

  test("a slide that is missing is counted all the same", () => {
    const deck = deckOf([slide(""), slide(`<p:sp><p:txBody>${words("second")}</p:txBody></p:sp>`)], {
      "ppt/_rels/presentation.xml.rels": relationsOf(["slide", "slides/none.xml"], ["slide", "slides/slide2.xml"]),
    });
    expect(convertPptx(deck)).toBe("<!-- Slide 1 -->\n\n<!-- Slide 2 -->\n\nsecond");
  });

  test("text cannot write the mark of a slide", () => {
    const deck = deckOf([slide(`<p:sp><p:txBody>${words("&lt;!-- Slide 9 --&gt;")}</p:txBody></p:sp>`)]);
    expect(convertPptx(deck)).toBe("<!-- Slide 1 -->\n\n\\<!-- Slide 9 -->");
  });

  test("pictures alone are no text, whatever their files are called", () => {
    const picture = `<p:pic><p:nvPicPr><p:cNvPr id="1" name="a" descr="/tmp/photo.png"/></p:nvPicPr></p:pic>`;
    expect(() => convertPptx(deckOf([slide(picture)]))).toThrow("it has no text");
    expect(() => convertOdp(odfOf("presentation", "<draw:page/>"))).toThrow("it has no text");
  });

  test("a slide that is shown without end comes to an end", () => {
    const ids = `<p:presentation xmlns:p="p" xmlns:r="r"><p:sldIdLst>${'<p:sldId r:id="r1"/>'.repeat(100_000)}</p:sldIdLst></p:presentation>`;
    const long = slide(`<p:sp><p:txBody>${words("x".repeat(500_000))}</p:txBody></p:sp>`);
    expect(() => convertPptx(deckOf([long], { "ppt/presentation.xml": ids }))).toThrow("MiB when unpacked");
  });

  test("groups within groups have an end", () => {
    const deck = deckOf([slide("<p:grpSp>".repeat(1000) + "</p:grpSp>".repeat(1000))]);
    expect(() => convertPptx(deck)).toThrow("nested too deeply");
  });
});
