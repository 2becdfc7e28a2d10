import { describe, expect, test } from "bun:test";
import { answer, openUpstream } from "../../support/scripted-upstream.ts";
import { byPath, called, eventsOf, failureOf, openAt } from "./asked.ts";
import { adapter, schemaOf, choice, flux, veo, url, done, model, inputFor } from "./replicate-played.ts";

describe("Replicate is sent", () => {
  test("each setting in the model's own word and nearest value", async () => {
    const settings = { aspect_ratio: "21:9", n: 2, seed: 7, format: "jpeg", negative_prompt: "rain", duration: 9 };
    expect(await inputFor(flux, settings, { extra: { go_fast: true, guidance: 3 } })).toEqual({
      aspect_ratio: "16:9",
      num_outputs: 2,
      seed: 7,
      output_format: "jpg",
      go_fast: true,
    });
    expect(await inputFor(flux, { width: 1536, height: 1024 })).toEqual({ aspect_ratio: "3:2" });
    expect(await inputFor(flux, { resolution: "1024x1536" })).toEqual({ aspect_ratio: "9:16" });
    const film = { duration: 5.5, resolution: "1080P", negative_prompt: "rain", aspect_ratio: "16:9" };
    expect(await inputFor(veo, film)).toEqual({ duration: 6, resolution: "1080p", negative_prompt: "rain" });
  });

  test("width and height where the model takes them, and of a ratio a megapixel", async () => {
    const sized = (properties: object, choices: object = {}) => ({
      owner: "o",
      name: "sized",
      is_official: true,
      latest_version: { id: "v", openapi_schema: schemaOf({ width: {}, height: {}, ...properties }, choices) },
    });
    expect(await inputFor(sized({}), { width: 640, height: 480 })).toEqual({ width: 640, height: 480 });
    expect(await inputFor(sized({}), { aspect_ratio: "16:9" })).toEqual({ width: 1344, height: 768 });
    const custom = sized({ aspect_ratio: choice("aspect_ratio") }, { aspect_ratio: { enum: ["1:1", "custom"] } });
    const asked = { width: 640, height: 480 };
    expect(await inputFor(custom, asked)).toEqual({ aspect_ratio: "custom", ...asked });
  });

  test("pictures in the address, large ones after an upload, and none where the model takes none", async () => {
    const small = { mime: "image/png", base64: "AQID" };
    expect(await inputFor(veo, {}, { inputs: [small, small] })).toEqual({ image: "data:image/png;base64,AQID" });
    const large = { mime: "image/png", base64: Buffer.alloc(300 * 1024).toString("base64") };
    expect(await inputFor(veo, {}, { inputs: [large] })).toEqual({ image: "https://api.replicate.com/v1/files/f" });
    const several = {
      ...veo,
      latest_version: { id: "v", openapi_schema: schemaOf({ image_input: { type: "array" }, image: {} }) },
    };
    const address = "data:image/png;base64,AQID";
    expect(await inputFor(several, {}, { inputs: [small, small] })).toEqual({ image_input: [address, address] });
    expect(await failureOf(inputFor(flux, {}, { inputs: [small] }))).toEqual([
      "upstream_rejected",
      "black-forest-labs/flux-schnell takes no pictures to work on",
    ]);
  });

  test("a form for an upload", async () => {
    const large = { mime: "image/png", base64: Buffer.alloc(300 * 1024, "x").toString("base64") };
    using upstream = openUpstream(
      byPath({
        "GET /v1/models/google/veo-3": [answer(200, veo)],
        "POST /v1/files": [answer(201, { urls: { get: "https://api.replicate.com/v1/files/f" } })],
        "POST /v1/models/google/veo-3/predictions": [answer(201, done)],
      }),
    );
    await eventsOf(openAt(adapter, upstream.origin), { model: "google/veo-3", inputs: [large] });
    const form = upstream.requests[1];
    expect(form?.headers["content-type"]).toStartWith("multipart/form-data; boundary=");
    expect(form?.body).toContain('name="content"; filename="picture.png"\r\nContent-Type: image/png\r\n\r\nxxx');
  });
});

describe("Replicate lists", () => {
  const collection = (models: object[]) => answer(200, { name: "n", slug: "s", description: "d", models });

  test("the models of its collections, and knows then what each takes", async () => {
    using upstream = openUpstream(
      byPath({
        "GET /v1/collections/text-to-image": [collection([flux, { name: "half" }])],
        "GET /v1/collections/text-to-video": [collection([veo])],
        "POST /v1/models/google/veo-3/predictions": [answer(201, done)],
      }),
    );
    const provider = openAt(adapter, upstream.origin);
    expect(await provider.listModels(called())).toMatchObject([
      { id: model, label: "flux-schnell", image: true, video: false, tools: false },
      { id: "google/veo-3", label: "veo-3", image: false, video: true },
    ]);
    expect([provider.makes?.("google/veo-3"), provider.makes?.("flux-schnell")]).toEqual(["video", "image"]);
    expect(provider.parameters(model)).toEqual({
      model,
      aspect_ratio: "1:1",
      width: 1024,
      height: 1024,
      n: 1,
      seed: null,
      format: "png",
    });
    expect(provider.parameters("google/veo-3")).toEqual({
      model: "google/veo-3",
      resolution: "720p",
      duration: 8,
      negative_prompt: "",
    });
    expect(await eventsOf(provider, { model: "veo-3" })).toContainEqual({
      type: "media",
      medium: { kind: "video", source: { url } },
    });
    expect(upstream.requests.map(({ method }) => method)).toEqual(["GET", "GET", "POST"]);
  });

  test("one collection where the other fails, and fails with both", async () => {
    using half = openUpstream(byPath({ "GET /v1/collections/text-to-video": [collection([veo])] }));
    expect(await openAt(adapter, half.origin).listModels(called())).toMatchObject([{ id: "google/veo-3" }]);
    using none = openUpstream(() => answer(401, { title: "Unauthenticated", detail: "No." }));
    expect((await failureOf(openAt(adapter, none.origin).listModels(called())))[0]).toBe("missing_auth");
  });

  test("what the operator set, asking nobody", async () => {
    const provider = openAt(adapter, "http://127.0.0.1:9", { models: [model, "minimax/video-01"] });
    expect(await provider.listModels(called())).toMatchObject([
      { id: model, image: true, video: false },
      { id: "minimax/video-01", image: false, video: true },
    ]);
    expect([provider.configured, provider.keyCount, provider.chat]).toEqual([true, 1, undefined]);
  });
});
