import { arrayAt, countAt, textAt } from "../../lib/json.ts";
import { oneLine } from "../../lib/text.ts";
import type { MediaSettings } from "../../protocol/chat.ts";
import { ApiError } from "../../protocol/errors.ts";
import { codeOfStatus } from "../failure.ts";
import type { MediaRequest, Medium } from "../media.ts";
import { type PictureSize, ratioOf, sizeIn, sizeOf } from "../picture-size.ts";
import { readWhole } from "../pieces.ts";
import type { Call, ProviderEvent } from "../provider.ts";
import type { Requests } from "../requests.ts";

type Batches = AsyncGenerator<readonly ProviderEvent[]>;

/** Pictures for those with a key: https://gen.pollinations.ai/docs */
export async function* makePictures(request: MediaRequest, requests: Requests, call: Call): Batches {
  const { model, prompt, inputs, settings } = request;
  const size = sizeFor(settings);
  const body = {
    model,
    prompt,
    response_format: "b64_json",
    ...(size && { size: `${size.width}x${size.height}` }),
    ...(settings.seed != null && { seed: settings.seed }),
    ...(inputs.length > 0 && {
      image: inputs.map(({ mime, base64 }) => ({ image_url: `data:${mime};base64,${base64}` })),
    }),
  };
  const path = inputs.length > 0 ? "/images/edits" : "/images/generations";
  const answer = await requests.json({ path, body, isSlow: true }, call);
  const pictures = arrayAt(answer, "data").flatMap((entry): Medium[] => {
    const base64 = textAt(entry, "b64_json");
    if (base64 === undefined) return [];
    const mime = textAt(entry, "media_type");
    return [{ kind: "image", source: { bytes: Buffer.from(base64, "base64") }, ...(mime !== undefined && { mime }) }];
  });
  if (pictures.length === 0) throw nothing(requests.create({ path }, call).context.provider, "picture");
  const total = countAt(answer, "usage", "total_tokens");
  yield [
    ...pictures.map((medium) => ({ type: "media", medium }) as const),
    ...(total === undefined || total === 0 ? [] : [{ type: "usage", usage: usageOf(answer, total) } as const]),
    { type: "finish", reason: "stop" },
  ];
}

function usageOf(answer: unknown, total: number) {
  return {
    prompt_tokens: countAt(answer, "usage", "input_tokens") ?? 0,
    completion_tokens: countAt(answer, "usage", "output_tokens") ?? 0,
    total_tokens: total,
  };
}

/** Films for those with a key: pictures to begin from would have to lie at an address. */
export async function* makeFilm(request: MediaRequest, requests: Requests, call: Call): Batches {
  if (request.inputs.length > 0)
    throw new ApiError("upstream_rejected", `${request.model} takes no pictures here, but addresses of them`);
  const { settings } = request;
  const size = sizeOf(settings);
  yield* fetchMedium("video", "/../video", request, {
    requests,
    call,
    query: {
      ...size,
      ...(settings.duration != null && { duration: settings.duration }),
      ...(settings.aspect_ratio != null && { aspectRatio: settings.aspect_ratio }),
    },
  });
}

/** Pictures for strangers: https://github.com/pollinations/pollinations/blob/main/LEGACY_MIGRATION.md */
export async function* makeStrangersPicture(request: MediaRequest, requests: Requests, call: Call): Batches {
  if (request.inputs.length > 0)
    throw new ApiError("upstream_rejected", `${request.model} takes no pictures without a key`);
  const size = sizeFor(request.settings);
  // Else it is shown to everybody in the public feed.
  yield* fetchMedium("image", "/../prompt", request, { requests, call, query: { ...size, private: true } });
}

interface Fetching {
  readonly requests: Requests;
  readonly call: Call;
  readonly query: Readonly<Record<string, string | number | boolean>>;
}

async function* fetchMedium(
  kind: "image" | "video",
  folder: string,
  { model, prompt, settings }: MediaRequest,
  { requests, call, query }: Fetching,
): Batches {
  // What was made once is given to all who ask the same with the same seed.
  const seed = settings.seed ?? Math.floor(Math.random() * 2 ** 31);
  const search = new URLSearchParams(
    Object.entries({ model, ...query, seed }).map(([name, value]) => [name, `${value}`]),
  );
  const path = `${folder}/${pathPart(prompt)}?${search}`;
  const { provider, redact } = requests.create({ path }, call).context;
  let mime: string | undefined;
  const onHead = (headers: Headers) => {
    mime = headers.get("content-type")?.split(";")[0]?.trim();
    // Strangers get errors as a picture of 200, so that pages show something.
    const status = Number(headers.get("x-error-status") ?? NaN);
    const said = oneLine(redact(headers.get("x-error-message") ?? headers.get("x-error-type") ?? ""), 300);
    if (status >= 400) throw new ApiError(codeOfStatus(status), `${provider} answered ${status}: ${said}`);
    if (said !== "") throw new ApiError("no_media", `${provider} made no picture: ${said}`);
    if (!mime?.startsWith(`${kind}/`)) throw nothing(provider, kind === "image" ? "picture" : "film");
  };
  const bytes = await readWhole(requests.bytes({ path, isSlow: true, onHead }, call), provider);
  if (bytes.byteLength === 0) throw nothing(provider, kind === "image" ? "picture" : "film");
  const medium: Medium = { kind, source: { bytes }, ...(mime !== undefined && { mime }) };
  yield [
    { type: "media", medium },
    { type: "finish", reason: "stop" },
  ];
}

function nothing(provider: string, what: string): ApiError {
  return new ApiError("no_media", `${provider} made no ${what}, and gave no reason`);
}

/** The size as it was asked for; of a ratio one of about a megapixel. */
function sizeFor(settings: MediaSettings): PictureSize | undefined {
  const ratio = ratioOf(settings);
  return sizeOf(settings) ?? (ratio === undefined ? undefined : sizeIn(ratio));
}

/** A prompt of dots alone would lead out of the folder. */
function pathPart(prompt: string): string {
  const part = encodeURIComponent(prompt.toWellFormed());
  return /^\.+$/.test(part) ? `${part}%20` : part;
}
