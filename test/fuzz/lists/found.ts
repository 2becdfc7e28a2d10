import type { Input } from "../input.ts";
import type { Header } from "./headers.ts";

/** What has found a defect once, each by itself: it is sent before anything else is. */
export const found: readonly Input[] = [
  // Bun read the range of a whole file once more, by the first of two headers, and refused it without a word.
  twoRanges("/files/bucket-1/media/a.png"),
  twoRanges("/v1/files/⟦file_id.0⟧/content"),
];

function twoRanges(path: string): Input {
  const ranges: readonly Header[] = [
    ["range", "bytes=99999-"],
    ["range", "bytes=0-0"],
  ];
  return { as: "admin", method: "GET", path, headers: ranges };
}
