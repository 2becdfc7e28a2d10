import { parseParameters } from "../lib/parameters.ts";
import { decodePercent } from "../lib/percent.ts";
import { ApiError } from "../protocol/errors.ts";

/** What a part of a form says of itself (RFC 7578 §4). */
export interface PartHead {
  readonly field: string;
  /** The last step of what was sent; empty where that is, `undefined` where there is no name at all. */
  readonly fileName: string | undefined;
  /** As it was declared; empty where it was not. */
  readonly type: string;
}

/** @throws {ApiError} `invalid_request` */
export function parsePartHead(text: string): PartHead {
  const headers = parseHeaders(text);
  const disposition = parseParameters(headers.get("content-disposition") ?? "");
  const field = disposition?.parameters.get("name");
  if (disposition?.value !== "form-data" || field === undefined)
    throw new ApiError("invalid_request", "each part of a form needs a Content-Disposition: form-data with a name");
  if (/^(base64|quoted-printable)$/i.test(headers.get("content-transfer-encoding") ?? ""))
    throw new ApiError("invalid_request", "the parts of a form are taken as they are, without a transfer encoding");
  const { parameters } = disposition;
  const fileName = decodeExtended(parameters.get("filename*")) ?? decodeBrowsers(parameters.get("filename"));
  return {
    field: decodeBrowsers(field) ?? "",
    fileName: fileName?.slice(Math.max(fileName.lastIndexOf("/"), fileName.lastIndexOf("\\")) + 1),
    type: headers.get("content-type") ?? "",
  };
}

/** Each may be given once: of two that differ nobody knows which is meant. */
function parseHeaders(text: string): ReadonlyMap<string, string> {
  const headers = new Map<string, string>();
  const unfolded = text.replace(/\r\n[ \t]+/g, " ");
  for (const line of unfolded === "" ? [] : unfolded.split("\r\n")) {
    const colon = line.indexOf(":");
    const name = line.slice(0, colon).toLowerCase();
    if (colon === -1 || !/^[!#$%&'*+.^_`|~\w-]+$/.test(name) || /[\0\r\n]/.test(line))
      throw new ApiError("invalid_request", "a part of the form has a header that is none");
    if (headers.has(name)) throw new ApiError("invalid_request", "a part of the form has one header twice");
    headers.set(name, line.slice(colon + 1).trim());
  }
  return headers;
}

/** What browsers write for the characters that would end a quoted name. */
const browsers: Readonly<Record<string, string>> = { "%22": '"', "%0D": "\r", "%0A": "\n" };

function decodeBrowsers(name: string | undefined): string | undefined {
  return name?.replace(/%(22|0D|0A)/gi, (code) => browsers[code.toUpperCase()] ?? code);
}

/** `UTF-8''%e2%82%ac.txt` (RFC 8187 §3.2), or `undefined` where it is none. */
function decodeExtended(value: string | undefined): string | undefined {
  const encoded = /^utf-8'[^']*'(.*)$/i.exec(value ?? "")?.[1];
  return encoded === undefined ? undefined : decodePercent(encoded);
}
