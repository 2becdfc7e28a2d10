import type { ApiError } from "../../protocol/errors.ts";
import { toGeminiFailure } from "../failures.ts";

/** How the pieces of an answer follow each other: as events, or as the elements of one array. */
export type Framing = "sse" | "array";

/** Writes what several candidates say into one stream. */
export interface Writer {
  /** Whether nothing may follow. */
  readonly isOver: boolean;
  write(piece: object): string;
  /** A piece that is JSON already. */
  writeJson(piece: string): string;
  /** The last piece of a candidate, or of the answer. */
  writeLast(piece: object): string;
  /** Whether one candidate alone is still open. */
  readonly isLastOpen: boolean;
  fail(failure: ApiError): string;
}

export function createWriter(framing: Framing, candidates: number): Writer {
  let open = candidates;
  let hasBegun = false;
  const put = (piece: object) => putJson(JSON.stringify(piece));
  const putJson = (json: string) => {
    if (framing === "sse") return `data: ${json}\r\n\r\n`;
    const before = hasBegun ? ",\r\n" : "[";
    hasBegun = true;
    return before + json;
  };
  const end = framing === "sse" ? "" : "]\r\n";
  return {
    get isOver() {
      return open === 0;
    },
    get isLastOpen() {
      return open === 1;
    },
    write: put,
    writeJson: putJson,
    writeLast(piece) {
      open--;
      return put(piece) + (open === 0 ? end : "");
    },
    fail(failure) {
      if (open === 0) return "";
      open = 0;
      return put(toGeminiFailure(failure)) + end;
    },
  };
}
