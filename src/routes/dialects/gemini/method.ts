import type { Connection } from "../../../http/body.ts";
import { ApiError } from "../../../protocol/errors.ts";

/** What is asked of a model: both stand in the path. */
export interface GeminiMethod {
  readonly model: string;
  readonly method: string;
}

/** What one of their methods is called with, and over what. */
export interface GeminiCall extends Connection {
  readonly body: Record<string, unknown>;
  readonly model: string;
  /** This server's address, as the caller knows it. */
  readonly origin: string;
  readonly query: URLSearchParams;
}

/** `Provider/model:generateContent`, encoded or not: a model's name may hold a colon as well. @throws {ApiError} `not_found` */
export function toGeminiMethod(path: string): GeminiMethod {
  const name = decodeURIComponent(path);
  const colon = name.lastIndexOf(":");
  if (colon === -1)
    throw new ApiError("not_found", "expected models/<model>:<method>, as in models/auto:generateContent");
  return { model: name.slice(0, colon), method: name.slice(colon + 1) };
}
