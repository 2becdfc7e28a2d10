import { init, type WrappedPdfiumModule } from "@embedpdf/pdfium";
import wasmPath from "@embedpdf/pdfium/pdfium.wasm" with { type: "file" };
import { readFile } from "node:fs/promises";
import { damaged, encrypted, Unconvertible } from "../../unconvertible.ts";
import { readChars, type Char } from "./chars.ts";
import { readTree, type Element } from "./tree.ts";

/** PDFium, Chromium's reader, in WebAssembly. All that it gives are numbers: addresses in its own memory. */
export interface Pdfium extends WrappedPdfiumModule {
  /** What is asked of each character, without the wrappers, which take longer than the answers. */
  readonly perChar: PerChar;
  /** Space for what functions write. */
  readonly scratch: number;
  readonly scratchBytes: number;
}

/** All of them by the address of a page's text, and the character's place in it. */
interface PerChar {
  _FPDFText_IsGenerated(text: number, index: number): number;
  _FPDFText_GetTextObject(text: number, index: number): number;
  _FPDFText_GetUnicode(text: number, index: number): number;
  /** Writes four floats: left, top, right, bottom. */
  _FPDFText_GetLooseCharBox(text: number, index: number, box: number): number;
  /** Writes two doubles. */
  _FPDFText_GetCharOrigin(text: number, index: number, x: number, y: number): number;
}

export interface PdfPage {
  readonly chars: readonly Char[];
  /** What a tagged document says that its parts are; empty if it says nothing. */
  readonly tree: readonly Element[];
}

export interface Pdf extends Disposable {
  readonly pageCount: number;
  /** From 0. `undefined` for a page that is damaged. */
  readPage(index: number): PdfPage | undefined;
}

/** @throws {Unconvertible} where it is encrypted or no PDF */
export async function openPdf(bytes: Uint8Array): Promise<Pdf> {
  const pdfium = await openPdfium();
  const { malloc, free } = pdfium.pdfium.wasmExports;
  const address = malloc(bytes.length);
  if (address === 0) throw damaged();
  pdfium.pdfium.HEAPU8.set(bytes, address);
  const document = pdfium.FPDF_LoadMemDocument(address, bytes.length, "");
  if (document === 0) {
    const error = pdfium.FPDF_GetLastError();
    free(address);
    throw error === 4 ? encrypted() : error === 5 ? protectedOtherwise() : damaged();
  }
  return {
    pageCount: pdfium.FPDF_GetPageCount(document),
    readPage: (index) => readPage(pdfium, document, index),
    [Symbol.dispose]() {
      pdfium.FPDF_CloseDocument(document);
      free(address);
    },
  };
}

function protectedOtherwise(): Unconvertible {
  return new Unconvertible("it is protected in a way that is not understood; save it without protection");
}

function readPage(pdfium: Pdfium, document: number, index: number): PdfPage | undefined {
  const page = pdfium.FPDF_LoadPage(document, index);
  if (page === 0) return undefined;
  try {
    return { chars: readChars(pdfium, page), tree: readTree(pdfium, page) };
  } finally {
    pdfium.FPDF_ClosePage(page);
  }
}

const scratchBytes = 256;

/** A new one for each document: what one leaves behind in its memory is no concern of the next. */
async function openPdfium(): Promise<Pdfium> {
  const program = await compile();
  const pdfium = await init({
    instantiateWasm(imports, use) {
      const instance = new WebAssembly.Instance(program, imports);
      use(instance);
      return instance.exports;
    },
  });
  pdfium.PDFiumExt_Init();
  const perChar = pdfium.pdfium as unknown as PerChar;
  return { ...pdfium, perChar, scratch: pdfium.pdfium.wasmExports.malloc(scratchBytes), scratchBytes };
}

/** The same for ever, and half a second's work: done once, when there is a first document. */
const compile = once(async () => WebAssembly.compile(await readFile(wasmPath)));

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}
