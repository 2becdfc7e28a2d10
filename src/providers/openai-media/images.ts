import { arrayAt, at, isObject, numberAt, textAt } from "../../lib/json.ts";
import { ApiError } from "../../protocol/errors.ts";
import { bytesOf, parseDataUrl } from "../content.ts";
import { fromStreamError } from "../failure.ts";
import type { MediaRequest, Medium } from "../media.ts";
import { errorCode } from "../openai-stream.ts";
import type { Provider, ProviderEvent } from "../provider.ts";
import type { Errand, Requests } from "../requests.ts";
import type { UpstreamRequest } from "../upstream.ts";
import { readPictures } from "./image-stream.ts";
import { toTokens } from "./usage.ts";

/** How a vendor's picture models are asked. */
export interface ImageQuirks {
  /** Whether a model makes pictures, by its name; what the vendor's list tells goes before. */
  readonly models: RegExp;
  /** A list of picture models alone, beside that of the models that chat. */
  readonly listPath?: string;
  /** The settings that a model takes, with example values. */
  parameters(model: string): Readonly<Record<string, unknown>>;
  /** @throws {ApiError} `upstream_rejected` for what this vendor cannot take */
  toQuestion(request: MediaRequest, name: string): Pick<Errand, "path" | "body">;
}

/** https://platform.openai.com/docs/api-reference/images: pictures in one document, or in events where a stream was asked for. */
export function createGenerate(name: string, requests: Requests, quirks: ImageQuirks): Provider["generate"] {
  return async function* (asked, call) {
    const request = requests.create({ ...quirks.toQuestion(asked, name), isSlow: true }, call);
    let made = 0;
    let reason: string | undefined;
    for await (const batch of readPictures(request, requests.parse)) {
      const events: ProviderEvent[] = [];
      for (const document of batch) reason = readDocument(document, request, events) ?? reason;
      made += events.filter(({ type }) => type === "media").length;
      if (events.length > 0) yield events;
    }
    if (made === 0) throw new ApiError("no_media", `${name} made no picture: ${reason ?? "it gave no reason"}`);
    yield [{ type: "finish", reason: "stop" }];
  };
}

/** Appends what a document tells, and hands back why it holds no picture, where it says so. */
function readDocument(document: unknown, { context }: UpstreamRequest, into: ProviderEvent[]): string | undefined {
  if (at(document, "error") != null) throw fromStreamError(document, errorCode(document), context);
  const model = textAt(document, "model");
  if (model) into.push({ type: "model", model });
  const type = textAt(document, "type") ?? "";
  // An event is a picture itself; a document holds a list of them.
  for (const entry of type === "" ? arrayAt(document, "data") : [document]) {
    const medium = toPicture(entry, document);
    if (medium) into.push({ type: type.endsWith(".partial_image") ? "preview" : "media", medium });
  }
  const usage = at(document, "usage");
  if (isObject(usage)) into.push({ type: "usage", usage: toTokens(usage), ...toCost(usage) });
  const said = textAt(document, "message") ?? textAt(document, "data", 0, "finish_reason");
  return said === undefined ? undefined : context.redact(said);
}

function toPicture(entry: unknown, document: unknown): Medium | undefined {
  const format = textAt(entry, "output_format") ?? textAt(document, "output_format");
  const named = textAt(entry, "mime_type") ?? textAt(entry, "media_type") ?? (format && `image/${format}`);
  const alt = textAt(entry, "revised_prompt");
  const rest = { kind: "image" as const, ...(alt && { alt }) };
  const mime = named ? { mime: named } : {};
  const base64 = textAt(entry, "b64_json");
  const url = textAt(entry, "url") ?? "";
  // Some write an address where base64 should be.
  const inline = parseDataUrl(base64 || url);
  if (inline) return { ...rest, source: { bytes: bytesOf(inline.base64) }, mime: inline.mime };
  if (base64) return { ...rest, source: { bytes: bytesOf(base64) }, ...mime };
  return /^https?:/.test(url) ? { ...rest, source: { url }, ...mime } : undefined;
}

/** OpenRouter tells it in dollars, xAI in ten thousand millionths of one. */
function toCost(usage: unknown): { cost?: number } {
  const ticks = numberAt(usage, "cost_in_usd_ticks");
  const cost = numberAt(usage, "cost") ?? (ticks === undefined ? undefined : ticks / 1e10);
  return cost !== undefined && cost >= 0 ? { cost } : {};
}
