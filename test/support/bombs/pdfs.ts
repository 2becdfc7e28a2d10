import { deflateSync } from "node:zlib";
import type { Bomb } from "../bombs.ts";

const many = (count: number, text: string) => text.repeat(count);

/** A PDF of these objects, numbered from 1; the first is the catalogue. */
function pdf(objects: readonly (string | Uint8Array)[], trailer = ""): Uint8Array {
  const chunks: Uint8Array[] = [Buffer.from("%PDF-1.7\n")];
  const offsets: number[] = [];
  let at = chunks[0]?.length ?? 0;
  objects.forEach((body, index) => {
    const chunk = Buffer.concat([
      Buffer.from(`${index + 1} 0 obj\n`),
      Buffer.from(body as string),
      Buffer.from("\nendobj\n"),
    ]);
    offsets.push(at);
    chunks.push(chunk);
    at += chunk.length;
  });
  const lines = offsets.map((offset) => `${String(offset).padStart(10, "0")} 00000 n \n`).join("");
  chunks.push(
    Buffer.from(
      `xref\n0 ${offsets.length + 1}\n0000000000 65535 f \n${lines}trailer\n<</Size ${offsets.length + 1}/Root 1 0 R${trailer}>>\nstartxref\n${at}\n%%EOF\n`,
    ),
  );
  return Buffer.concat(chunks);
}

function stream(content: string | Uint8Array, entries = "", length?: number): Uint8Array {
  const bytes = Buffer.from(content as string);
  return Buffer.concat([
    Buffer.from(`<<${entries}/Length ${length ?? bytes.length}>>\nstream\n`),
    bytes,
    Buffer.from("\nendstream"),
  ]);
}

const packed = (content: string | Uint8Array, entries = "") =>
  stream(deflateSync(content), `/Filter/FlateDecode${entries}`);

/** One page, whose content is the fourth object; others follow. */
function page(
  content: string | Uint8Array,
  { resources = "", box = "[0 0 595 842]", others = [] as (string | Uint8Array)[] } = {},
): Uint8Array {
  return pdf([
    "<</Type/Catalog/Pages 2 0 R>>",
    "<</Type/Pages/Kids[3 0 R]/Count 1>>",
    `<</Type/Page/Parent 2 0 R/MediaBox${box}/Contents 4 0 R/Resources<</Font<</F<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>${resources}>>>>`,
    content,
    ...others,
  ]);
}

const says = (text: string) => `BT /F 12 Tf 50 700 Td (${text}) Tj ET\n`;
const pages = (kids: string, count: number, ...others: string[]) =>
  pdf(["<</Type/Catalog/Pages 2 0 R>>", `<</Type/Pages/Kids[${kids}]/Count ${count}>>`, ...others]);
const form = (number: number) =>
  stream(
    `/X Do /X Do\n${says("form")}`,
    `/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X ${number} 0 R>>>>`,
  );

/** Documents that say what is not so, or of which a few bytes ask for much. */
export const pdfBombs: readonly Bomb[] = [
  { name: "circle.pdf", content: pages("2 0 R", 1) },
  { name: "count.pdf", content: pages("3 0 R", 2_147_483_647, "<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>") },
  { name: "negative.pdf", content: pages("3 0 R", -5, "<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>") },
  { name: "twins.pdf", content: pages(many(5000, "3 0 R "), 5000, "<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>") },
  {
    name: "tree.pdf",
    content: pdf([
      "<</Type/Catalog/Pages 2 0 R>>",
      ...Array.from({ length: 3000 }, (_, at) => `<</Type/Pages/Kids[${at + 3} 0 R]/Count 1>>`),
    ]),
  },
  { name: "length.pdf", content: page(stream(says("long"), "", 4_000_000_000)) },
  { name: "swelling.pdf", content: page(packed(Buffer.alloc(100 * 1024 * 1024, " "))) },
  { name: "words.pdf", content: page(packed(`BT /F 1 Tf ${many(60_000, "1 0 Td (a) Tj ")}ET`)) },
  { name: "filters.pdf", content: page(stream(says("x"), `/Filter[${many(1000, "/FlateDecode")}]`)) },
  {
    name: "twice.pdf",
    content: page(
      stream(deflateSync(deflateSync(Buffer.alloc(100 * 1024 * 1024))), "/Filter[/FlateDecode/FlateDecode]"),
    ),
  },
  {
    name: "predictor.pdf",
    content: page(packed(says("x"), "/DecodeParms<</Predictor 15/Columns 2147483647/Colors 32/BitsPerComponent 16>>")),
  },
  { name: "forms.pdf", content: page(stream("/X Do"), { resources: "/XObject<</X 5 0 R>>", others: [form(5)] }) },
  {
    name: "doubling.pdf",
    content: page(stream("/X Do"), {
      resources: "/XObject<</X 5 0 R>>",
      others: Array.from({ length: 16 }, (_, at) => form(at + 6)),
    }),
  },
  { name: "arrays.pdf", content: page(stream(many(30_000, "[") + says("deep"))) },
  {
    name: "dictionaries.pdf",
    content: pdf(["<</Type/Catalog/Pages 2 0 R>>", `<</Type/Pages/A${many(50_000, "<</A")}`]),
  },
  { name: "states.pdf", content: page(stream(many(200_000, "q ") + says("deep"))) },
  { name: "box.pdf", content: page(stream(says("large")), { box: "[-1e30 -1e30 1e30 1e30]" }) },
  {
    name: "nowhere.pdf",
    content: page(stream(`BT /F 1e30 Tf 1e30 0 0 1e-30 1e30 nan Tm (nowhere) Tj ET ${says("here")}`)),
  },
  {
    name: "previous.pdf",
    content: pdf(["<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[]/Count 0>>"], "/Prev 9"),
  },
  {
    name: "itself.pdf",
    content: Buffer.from(
      "%PDF-1.5\n1 0 obj\n<</Type/XRef/Size 2/W[1 2 1]/Index[0 999999999]/Root 1 0 R/Prev 9/Length 4>>\nstream\n\0\0\0\0\nendstream\nendobj\nstartxref\n9\n%%EOF",
    ),
  },
  { name: "reference.pdf", content: pdf(["2 0 R", "3 0 R", "1 0 R"]) },
  {
    name: "image.pdf",
    content: page(stream("/I Do"), {
      resources: "/XObject<</I 5 0 R>>",
      others: [
        packed(
          Buffer.alloc(1024),
          "/Type/XObject/Subtype/Image/Width 100000/Height 100000/BitsPerComponent 8/ColorSpace/DeviceRGB",
        ),
      ],
    }),
  },
  {
    name: "outline.pdf",
    content: pdf([
      "<</Type/Catalog/Pages 2 0 R/Outlines 3 0 R/StructTreeRoot 4 0 R/MarkInfo<</Marked true>>>>",
      "<</Type/Pages/Kids[5 0 R]/Count 1>>",
      "<</First 3 0 R/Next 3 0 R/Title(circle)>>",
      "<</Type/StructTreeRoot/K 4 0 R>>",
      "<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/StructParents 0>>",
    ]),
  },
  {
    name: "mapped.pdf",
    content: page(stream("BT /G 12 Tf (abc) Tj ET"), {
      resources: "/Font<</G<</Type/Font/Subtype/Type1/BaseFont/Helvetica/ToUnicode 5 0 R>>>>",
      others: [
        stream(
          `1 begincodespacerange <00> <ff> endcodespacerange 1 beginbfrange <00000000> <ffffffff> <0041> endbfrange`,
        ),
      ],
    }),
  },
  {
    name: "random.pdf",
    content: Buffer.concat([Buffer.from("%PDF-1.7\n"), Buffer.from(many(2000, "stream endobj 1 0 obj << >> ["))]),
  },
  {
    name: "script.pdf",
    content: pdf([
      "<</Type/Catalog/Pages 2 0 R/OpenAction<</S/JavaScript/JS(while(true){})>>>>",
      "<</Type/Pages/Kids[]/Count 0>>",
    ]),
  },
];
