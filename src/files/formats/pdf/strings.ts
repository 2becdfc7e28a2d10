import type { Pdfium } from "./pdfium.ts";

/** Writes a string with a NUL at its end if there is room for it, and says how many bytes it takes. */
type Write = (buffer: number, length: number) => number;

export function readUtf8(pdfium: Pdfium, write: Write): string {
  return read(pdfium, write, (address) => pdfium.pdfium.UTF8ToString(address));
}

export function readUtf16(pdfium: Pdfium, write: Write): string {
  return read(pdfium, write, (address) => pdfium.pdfium.UTF16ToString(address));
}

/** Nothing for what is longer than any name or description ought to be. */
const maxBytes = 20_000;

function read({ pdfium, scratch, scratchBytes }: Pdfium, write: Write, decode: (address: number) => string): string {
  const bytes = write(0, 0);
  if (bytes <= 0 || bytes > maxBytes) return "";
  const buffer = bytes <= scratchBytes ? scratch : pdfium.wasmExports.malloc(bytes);
  if (buffer === 0) return "";
  write(buffer, bytes);
  const text = decode(buffer);
  if (buffer !== scratch) pdfium.wasmExports.free(buffer);
  return text;
}
