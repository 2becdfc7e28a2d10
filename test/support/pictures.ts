import { crc32, deflateSync } from "node:zlib";

export type Colour = readonly [red: number, green: number, blue: number, alpha: number];

/** A PNG whose pixels are what `toColour` says. */
export function toPng(width: number, height: number, toColour: (x: number, y: number) => Colour): Buffer {
  const line = width * 4 + 1;
  const pixels = Buffer.alloc(line * height);
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) pixels.set(toColour(x, y), y * line + 1 + x * 4);
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  // Eight bits each of red, green, blue and alpha.
  head.set([8, 6], 8);
  return Buffer.concat([
    Buffer.from("\x89PNG\r\n\x1a\n", "latin1"),
    toChunk("IHDR", head),
    toChunk("IDAT", deflateSync(pixels)),
    toChunk("IEND", Buffer.alloc(0)),
  ]);
}

function toChunk(type: string, content: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type), content]);
  const frame = Buffer.alloc(body.byteLength + 8);
  frame.writeUInt32BE(content.byteLength, 0);
  frame.set(body, 4);
  frame.writeUInt32BE(crc32(body), body.byteLength + 4);
  return frame;
}

/** A small picture unlike that of any other number. */
export function pngOf(number: number): Buffer {
  return toPng(8, 8, (x, y) => [number % 256, (number >> 8) % 256, (x * 8 + y) % 256, 255]);
}

/** One entry: orientation, a short, 6. */
const tiff = "4d4d002a00000008000101120003000000010006000000000000";

/** A JPEG that says it is to be turned by a quarter (Exif 2.32, orientation 6). */
export async function toTurnedJpeg(png: Buffer): Promise<Buffer> {
  const jpeg = Buffer.from(await new Bun.Image(png).jpeg().bytes());
  const exif = Buffer.from("ffe10022457869660000" + tiff, "hex");
  exif.writeUInt16BE(exif.byteLength - 2, 2);
  return Buffer.concat([jpeg.subarray(0, 2), exif, jpeg.subarray(2)]);
}
