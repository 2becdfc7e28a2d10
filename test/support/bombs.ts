import { crc32 } from "node:zlib";
import { pdfBombs } from "./bombs/pdfs.ts";
import { textBombs } from "./bombs/texts.ts";
import { zipBombs } from "./bombs/zips.ts";

/** A file that is small and made to cost much, or to fetch what is not in it. */
export interface Bomb {
  readonly name: string;
  readonly content: string | Uint8Array;
}

/** As wide and high as the format can say, in 57 bytes. */
function hugePng(): Uint8Array {
  const head = Buffer.concat([
    Buffer.from("IHDR"),
    Buffer.from([0x7f, 0xff, 0xff, 0xff, 0x7f, 0xff, 0xff, 0xff, 8, 6, 0, 0, 0]),
  ]);
  const checked = Buffer.alloc(4);
  checked.writeUInt32BE(crc32(head));
  return Buffer.concat([
    Buffer.from("\x89PNG\r\n\x1a\n", "latin1"),
    Buffer.from([0, 0, 0, 13]),
    head,
    checked,
    Buffer.from("\0\0\0\0IEND\xae\x42\x60\x82", "latin1"),
  ]);
}

export const bombs: readonly Bomb[] = [
  ...textBombs,
  ...zipBombs,
  ...pdfBombs,
  { name: "huge.png", content: hugePng() },
];
