import { arrayAt, at, countAt, textAt } from "../../lib/json.ts";
import type { MediaRequest } from "../media.ts";
import type { FilmJob } from "./film-job.ts";
import { nothingMade, refused } from "./refusal.ts";
import { toFilmResolution, toRatio } from "./sizes.ts";

/** gRPC's INVALID_ARGUMENT: what the vendor will not make. */
const invalidArgument = 3;

/** Films by long operations, which cannot be ended: https://ai.google.dev/gemini-api/docs/veo */
export const veo: FilmJob = {
  orderPath: ({ model }) => `/models/${encodeURIComponent(model.toWellFormed())}:predictLongRunning`,
  toOrder,
  jobPath(ordered) {
    const name = textAt(ordered, "name") ?? "";
    return /^models\/[\w./-]+$/.test(name) ? `/${name}` : undefined;
  },
  read(answer, provider) {
    if (at(answer, "done") !== true) return { type: "going", status: "in progress" };
    const said = textAt(answer, "error", "message");
    if (said !== undefined) {
      const isRefusal = countAt(answer, "error", "code") === invalidArgument;
      return { type: "failed", failure: isRefusal ? refused(provider, said) : nothingMade(provider, "film", said) };
    }
    const made = at(answer, "response", "generateVideoResponse");
    const films = arrayAt(made, "generatedSamples").flatMap((sample) => {
      const address = textAt(sample, "video", "uri");
      return address ? [{ mime: "video/mp4", address }] : [];
    });
    if (films.length > 0) return { type: "made", films };
    const filtered = textAt(made, "raiMediaFilteredReasons", 0);
    const failure = filtered ? refused(provider, filtered) : nothingMade(provider, "film", "it gave no reason");
    return { type: "failed", failure };
  },
};

/** One picture is the film's first; more are what its people and things look like. */
function toOrder({ prompt, inputs, settings }: MediaRequest): Record<string, unknown> {
  const [first, ...others] = inputs.map(({ mime, base64 }) => ({ bytesBase64Encoded: base64, mimeType: mime }));
  const aspectRatio = toRatio(settings, ["16:9", "9:16"]);
  const resolution = toFilmResolution(settings, ["720p", "1080p", "4k"]);
  const { duration, negative_prompt } = settings;
  const parameters = {
    ...(aspectRatio && { aspectRatio }),
    ...(resolution && { resolution }),
    // 4, 6 or 8 seconds.
    ...(duration != null && { durationSeconds: Math.min(8, Math.max(4, Math.round(duration / 2) * 2)) }),
    ...(negative_prompt && { negativePrompt: negative_prompt }),
  };
  const looks = others.length > 0 && [first, ...others].map((image) => ({ image, referenceType: "asset" }));
  return {
    instances: [{ prompt, ...(looks ? { referenceImages: looks } : first && { image: first }) }],
    ...(Object.keys(parameters).length > 0 && { parameters }),
  };
}
