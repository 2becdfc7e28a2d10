import { arrayAt, countAt, textAt } from "../../lib/json.ts";
import { oneLine } from "../../lib/text.ts";
import type { Usage } from "../../protocol/events.ts";
import type { MediaRequest } from "../media.ts";
import type { Film, FilmJob } from "./film-job.ts";
import { nothingMade, refused } from "./refusal.ts";
import { toFilmResolution, toRatio } from "./sizes.ts";

/** Films by the vendor's Interactions: https://ai.google.dev/gemini-api/docs/omni, https://ai.google.dev/api/interactions-api */
export const omni: FilmJob = {
  orderPath: () => "/interactions",
  toOrder,
  jobPath(ordered) {
    const id = textAt(ordered, "id");
    return id && `/interactions/${encodeURIComponent(id)}`;
  },
  cancelPath: (jobPath) => `${jobPath}/cancel`,
  read(answer, provider) {
    const status = textAt(answer, "status") ?? "";
    if (failures.test(status)) {
      const said = textAt(answer, "error", "message") ?? textAt(answer, "errors", 0, "message");
      return { type: "failed", failure: nothingMade(provider, "film", said ?? `it stopped with ${status}`) };
    }
    if (going.test(status)) return { type: "going", status: status.replaceAll("_", " ") };
    if (status !== "completed") {
      const said = `it said ${JSON.stringify(oneLine(status, 40))} of its job`;
      return { type: "failed", failure: nothingMade(provider, "film", said) };
    }
    const parts = arrayAt(answer, "steps")
      .filter((step) => textAt(step, "type") === "model_output")
      .flatMap((step) => arrayAt(step, "content"));
    const films = parts.flatMap(toFilm);
    if (films.length > 0) return { type: "made", films, model: textAt(answer, "model"), usage: toUsage(answer) };
    // A refusal is an answer in words, and nothing else marks it as one.
    const said = parts.map((part) => textAt(part, "text") ?? "").join("");
    const failure = said ? refused(provider, said) : nothingMade(provider, "film", "it gave no reason");
    return { type: "failed", failure };
  },
};

const going = /^(queued|pending|in_progress|processing|running)$/;
const failures = /^(failed|cancelled|incomplete|budget_exceeded|requires_action)$/;

function toOrder({ model, prompt, inputs, settings }: MediaRequest): Record<string, unknown> {
  const aspect_ratio = toRatio(settings, ["16:9", "9:16"]);
  const resolution = toFilmResolution(settings, ["360p", "720p", "1080p", "4k"]);
  const pictures = inputs.map(({ mime, base64 }) => ({ type: "image", data: base64, mime_type: mime }));
  return {
    model,
    input: pictures.length > 0 ? [...pictures, { type: "text", text: prompt }] : prompt,
    // Else the order is answered by the film, minutes later.
    background: true,
    response_format: {
      type: "video",
      // Inline, films of more than 4 MB do not come.
      delivery: "uri",
      ...(aspect_ratio && { aspect_ratio }),
      ...(resolution && { resolution }),
      ...(settings.duration != null && { duration: `${settings.duration}s` }),
    },
    ...(pictures.length > 0 && {
      generation_config: { video_config: { task: pictures.length > 1 ? "reference_to_video" : "image_to_video" } },
    }),
  };
}

function toFilm(part: unknown): Film[] {
  if (textAt(part, "type") !== "video") return [];
  const mime = textAt(part, "mime_type") ?? "video/mp4";
  const base64 = textAt(part, "data");
  const address = textAt(part, "uri");
  if (address) return [{ mime, address }];
  return base64 ? [{ mime, base64 }] : [];
}

/** What it thought is counted apart from what it made. */
function toUsage(answer: unknown): Partial<Usage> | undefined {
  const prompt = countAt(answer, "usage", "total_input_tokens");
  if (prompt === undefined) return undefined;
  const thoughts = countAt(answer, "usage", "total_thought_tokens") ?? 0;
  return {
    prompt_tokens: prompt,
    completion_tokens: (countAt(answer, "usage", "total_output_tokens") ?? 0) + thoughts,
    ...(thoughts > 0 && { completion_tokens_details: { reasoning_tokens: thoughts } }),
  };
}
