import { mapParallel } from "../lib/parallel.ts";
import { oneLine } from "../lib/text.ts";
import { ApiError } from "../protocol/errors.ts";
import { createInlineBudget, type InlineBudget } from "../protocol/inline-budget.ts";
import type { Blobs } from "../store/blobs.ts";
import { parseBody, readBody } from "./body.ts";
import { type Form, type FormFile, isForm, readForm } from "./form.ts";

export interface BodyLimits {
  readonly max_body: number;
  readonly max_upload: number;
}

/** Makes parts of a message of what a form holds beside it. */
export interface PartReader {
  readonly ofFile: (file: FormFile) => Promise<object>;
  /** What lies at an address of the web. @throws {ApiError} `address_not_allowed`, `fetch_failed`; as the budget */
  readonly ofAddress: (address: string, budget: InlineBudget, signal: AbortSignal) => Promise<object>;
}

const maxAddresses = 20;
const atOnce = 6;

/**
 * The body of a conversation: JSON, whatever the content type says, or a form whose field `json` is that document, and
 * whose `files`, and what lies at each `media_url`, are put into the last message of the user. What comes out is still to
 * be judged.
 */
export async function readConversation(
  request: Request,
  limits: BodyLimits,
  { write }: Pick<Blobs, "write">,
  parts: PartReader,
): Promise<Record<string, unknown>> {
  if (!isForm(request)) return parseBody(await readBody(request, limits.max_body));

  const { max_upload: maxBytes, max_body: maxFieldBytes } = limits;
  await using form = await readForm(request, { write, maxBytes, maxFieldBytes });
  const body = parseBody(await readJsonField(form, limits.max_body));
  const files = form.files.filter(({ field }) => field === "files");
  const misplaced = form.files.find(({ field }) => field !== "files" && field !== "json");
  if (misplaced)
    throw new ApiError(
      "invalid_request",
      `the form has a file in the field "${oneLine(misplaced.field, 50)}": files go into fields "files"`,
    );
  const budget = createInlineBudget();
  for (const { bytes } of files) budget.take(bytes);
  const addresses = form.fields.get("media_url") ?? [];
  if (addresses.length > maxAddresses)
    throw new ApiError("invalid_request", `a form has at most ${maxAddresses} fields media_url`);
  const attached = [
    ...(await mapParallel(files, atOnce, parts.ofFile)),
    ...(await mapParallel(addresses, atOnce, (address) => parts.ofAddress(address, budget, request.signal))),
  ];
  if (attached.length > 0) attach(body, attached);
  return body;
}

async function readJsonField({ fields, files }: Form, maxBytes: number): Promise<string | Uint8Array> {
  const text = fields.get("json")?.[0];
  if (text !== undefined) return text;
  // curl sends it as a file where its type is named.
  const file = files.find(({ field }) => field === "json");
  if (!file) throw new ApiError("invalid_request", 'the form needs a field "json" with the request');
  if (file.bytes > maxBytes) throw new ApiError("body_too_large", `"json" is larger than ${maxBytes} bytes`);
  return Bun.file(file.path).bytes();
}

function attach(body: Record<string, unknown>, parts: readonly object[]): void {
  if (!Array.isArray(body.messages)) return;
  const messages = [...body.messages];
  const last = messages.findLastIndex((message) => message?.role === "user");
  const { content } = messages[last] ?? {};
  const text = typeof content === "string" && content !== "" ? [{ type: "text", text: content }] : [];
  const message = {
    ...messages[last],
    role: "user",
    content: [...(Array.isArray(content) ? content : text), ...parts],
  };
  if (last === -1) messages.push(message);
  else messages[last] = message;
  body.messages = messages;
}
