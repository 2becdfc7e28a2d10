import { createReplicate } from "../../../src/providers/adapters/replicate.ts";
import type { MediaSettings } from "../../../src/protocol/chat.ts";
import { answer, openUpstream, type Step } from "../../support/scripted-upstream.ts";
import { byPath, eventsOf, openAt } from "./asked.ts";

export const adapter = createReplicate({ firstMs: 5, mostMs: 20 });

export const schemaOf = (properties: object, choices: object = {}) => ({
  components: { schemas: { Input: { type: "object", title: "Input", required: ["prompt"], properties }, ...choices } },
});
export const choice = (name: string, value?: unknown) => ({
  allOf: [{ $ref: `#/components/schemas/${name}` }],
  default: value,
});

export const flux = {
  url: "https://replicate.com/black-forest-labs/flux-schnell",
  owner: "black-forest-labs",
  name: "flux-schnell",
  visibility: "public",
  is_official: true,
  run_count: 5681081,
  latest_version: {
    id: "c846a69991daf4c0e5d016514849d14ee5b2e6846ce6b9d6f21369e564cfe51e",
    openapi_schema: schemaOf(
      {
        prompt: { type: "string" },
        aspect_ratio: choice("aspect_ratio", "1:1"),
        num_outputs: { type: "integer", default: 1, maximum: 4 },
        output_format: choice("output_format", "webp"),
        seed: { type: "integer" },
        go_fast: { type: "boolean" },
      },
      {
        aspect_ratio: { type: "string", enum: ["1:1", "16:9", "3:2", "9:16"] },
        output_format: { type: "string", enum: ["webp", "jpg", "png"] },
      },
    ),
  },
};

export const veo = {
  owner: "google",
  name: "veo-3",
  is_official: true,
  latest_version: {
    id: "v",
    openapi_schema: schemaOf(
      {
        prompt: { type: "string" },
        image: { type: "string", format: "uri" },
        duration: choice("duration", 8),
        resolution: choice("resolution", "720p"),
        negative_prompt: { type: "string" },
      },
      { duration: { enum: [4, 6, 8] }, resolution: { enum: ["720p", "1080p"] } },
    ),
  },
};

export const id = "gm3qorzdhgbfurvjtvhg6dckhu";
export const prediction = (fields: object) => ({
  id,
  model: "black-forest-labs/flux-schnell",
  version: "hidden",
  input: { prompt: "A red fox" },
  logs: "",
  output: null,
  data_removed: false,
  error: null,
  status: "starting",
  created_at: "2023-09-08T16:19:34.765994657Z",
  urls: {
    cancel: `https://api.replicate.com/v1/predictions/${id}/cancel`,
    get: `https://api.replicate.com/v1/predictions/${id}`,
  },
  ...fields,
});
export const url = "https://replicate.delivery/yhqm/abc/out-0.webp";
export const done = prediction({ status: "succeeded", output: [url], metrics: { predict_time: 0.5 } });

export const modelPath = "GET /v1/models/black-forest-labs/flux-schnell";
export const createPath = "POST /v1/models/black-forest-labs/flux-schnell/predictions";
export const cancelPath = `POST /v1/predictions/${id}/cancel`;
export const model = "black-forest-labs/flux-schnell";

export function openFlux(created: Step[], looks: Step[][] = [], more: Record<string, Step[][]> = {}) {
  const upstream = openUpstream(
    byPath({
      [modelPath]: [answer(200, flux)],
      [createPath]: [created],
      [`GET /v1/predictions/${id}`]: looks,
      [cancelPath]: [answer(200, prediction({ status: "canceled" }))],
      ...more,
    }),
  );
  return { upstream, provider: openAt(adapter, upstream.origin) };
}

/** What a model of this schema is sent for these settings. */
export async function inputFor(
  entry: typeof flux | typeof veo | object,
  settings: MediaSettings,
  request: object = {},
) {
  const name = `${Reflect.get(entry, "owner")}/${Reflect.get(entry, "name")}`;
  using upstream = openUpstream(
    byPath({
      [`GET /v1/models/${name}`]: [answer(200, entry)],
      [`POST /v1/models/${name}/predictions`]: [answer(201, done)],
      "POST /v1/files": [answer(201, { id: "f", urls: { get: "https://api.replicate.com/v1/files/f" } })],
    }),
  );
  await eventsOf(openAt(adapter, upstream.origin), { model: name, settings, ...request });
  const { prompt: _, ...input } = JSON.parse(upstream.requests.at(-1)?.body ?? "").input;
  return input;
}
