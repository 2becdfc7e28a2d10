import { describe, expect, test } from "bun:test";
import { createReplicate } from "../../../src/providers/adapters/replicate.ts";
import { answer, openUpstream, type Step } from "../../support/scripted-upstream.ts";
import { until } from "../../support/until.ts";
import { byPath, called, eventsOf, failureOf, mediaRequest, openAt } from "./asked.ts";
import {
  adapter,
  flux,
  id,
  prediction,
  url,
  done,
  modelPath,
  createPath,
  cancelPath,
  model,
  openFlux,
} from "./replicate-played.ts";

describe("Replicate makes a picture", () => {
  test("at once where the model is fast, and gives its address", async () => {
    const { upstream, provider } = openFlux(answer(201, done));
    using _ = upstream;
    expect(await eventsOf(provider, { model })).toEqual([
      { type: "model", model },
      { type: "media", medium: { kind: "image", source: { url } } },
      { type: "finish", reason: "stop" },
    ]);
    const [asked, made] = upstream.requests;
    expect(asked?.path).toBe("/v1/models/black-forest-labs/flux-schnell");
    expect(JSON.parse(made?.body ?? "")).toEqual({ input: { prompt: "A red fox" } });
    expect(made?.headers).toMatchObject({ prefer: "wait=5", authorization: "Bearer test-key-0123" });
  });

  test("while it tells how far it is", async () => {
    const logs = "Using seed: 3\n  0%|          | 0/20 [00:00<?, ?it/s]\n 45%|████▌     | 9/20 [00:01<00:01]\n";
    const { upstream, provider } = openFlux(answer(202, prediction({})), [
      answer(200, prediction({ status: "processing" })),
      answer(200, prediction({ status: "processing", logs })),
      answer(200, prediction({ status: "processing", logs })),
      answer(200, done),
    ]);
    using _ = upstream;
    const events = await eventsOf(provider, { model });
    const statuses = events.flatMap((event) => (event.type === "status" ? [event.status] : []));
    expect(statuses).toEqual(["starting", "processing", "45 %"]);
    expect(events.at(-1)).toEqual({ type: "finish", reason: "stop" });
  });

  test("of a single address, of several, and of bytes in the answer", async () => {
    for (const output of [url, { image: url, seed: 3 }]) {
      const { upstream, provider } = openFlux(answer(201, { ...done, output }));
      using _ = upstream;
      const media = (await eventsOf(provider, { model })).filter(({ type }) => type === "media");
      expect(media).toEqual([{ type: "media", medium: { kind: "image", source: { url } } }]);
    }
    const { upstream, provider } = openFlux(answer(201, { ...done, output: ["data:image/png;base64,AQID", url] }));
    using _ = upstream;
    const media = (await eventsOf(provider, { model })).filter((event) => event.type === "media");
    expect(media[0]).toEqual({
      type: "media",
      medium: { kind: "image", source: { bytes: Buffer.from([1, 2, 3]) }, mime: "image/png" },
    });
    expect(media).toHaveLength(2);
  });

  test("by a version, where the model is of the community", async () => {
    using upstream = openUpstream(
      byPath({
        "GET /v1/models/someone/fox": [answer(200, { ...flux, is_official: false })],
        "POST /v1/predictions": [answer(201, done)],
      }),
    );
    await eventsOf(openAt(adapter, upstream.origin), { model: "someone/fox" });
    expect(JSON.parse(upstream.requests[1]?.body ?? "")).toEqual({
      version: flux.latest_version.id,
      input: { prompt: "A red fox" },
    });
  });

  test("although a look at it fails now and then", async () => {
    const busy = answer(503, { detail: "Service Unavailable", status: 503 });
    const { upstream, provider } = openFlux(answer(202, prediction({})), [busy, busy, answer(200, done)]);
    using _ = upstream;
    expect((await eventsOf(provider, { model })).at(-1)?.type).toBe("finish");
  });
});

describe("Replicate fails", () => {
  test("with the reason of a failed prediction", async () => {
    const failed = prediction({ status: "failed", error: "CUDA out of memory. key test-key-0123" });
    const { upstream, provider } = openFlux(answer(202, prediction({})), [answer(200, failed)]);
    using _ = upstream;
    const [reason, message] = await failureOf(eventsOf(provider, { model }));
    expect([reason, message]).toEqual([
      "no_media",
      expect.stringMatching(/^Replicate made no picture: CUDA out of memory\. key (?!test-key)/),
    ]);
  });

  test("with a refusal where the model did not want to", async () => {
    const error = "The input or output was flagged as sensitive. Please try again with different inputs. (E005)";
    const { upstream, provider } = openFlux(answer(201, prediction({ status: "failed", error })));
    using _ = upstream;
    expect(await failureOf(eventsOf(provider, { model }))).toEqual([
      "upstream_rejected",
      `Replicate refused it: ${error}`,
    ]);
  });

  test("where nothing came of it, or somebody else cancelled it", async () => {
    for (const [fields, why] of [
      [{ status: "succeeded", output: ["Once", " upon"] }, "the model gave no file"],
      [{ status: "canceled" }, "the prediction was canceled"],
      [{ status: "aborted" }, "the prediction was aborted"],
    ] as const) {
      const { upstream, provider } = openFlux(answer(201, prediction(fields)));
      using _ = upstream;
      expect(await failureOf(eventsOf(provider, { model }))).toEqual(["no_media", `Replicate made no picture: ${why}`]);
    }
  });

  test("in the words of its errors", async () => {
    const refusals = [
      [401, { title: "Unauthenticated", detail: "You did not pass a valid authentication token" }, "missing_auth"],
      [402, { title: "Insufficient credit", detail: "You have insufficient credit" }, "payment_required"],
      [422, { title: "Input validation failed", detail: "- input: prompt is required\n" }, "upstream_rejected"],
      [429, { detail: "Request was throttled." }, "rate_limited"],
    ] as const;
    for (const [status, body, reason] of refusals) {
      const { upstream, provider } = openFlux(answer(status, { ...body, status }));
      using _ = upstream;
      const [code, message] = await failureOf(eventsOf(provider, { model }));
      expect([code, message]).toEqual([reason, expect.stringContaining(body.detail.trim())]);
    }
    const { upstream, provider } = openFlux([]);
    using _ = upstream;
    for (const name of ["nobody/nothing", "../..", "fox", "a/../b"])
      expect((await failureOf(eventsOf(provider, { model: name })))[0]).toBe("model_not_found");
  });

  test("when its answer is cut off, and cancels what it began", async () => {
    const cut: Step[] = ["HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\n", '{"id":"gm3', "close"];
    const { upstream, provider } = openFlux(answer(202, prediction({})), [cut, cut, cut]);
    using _ = upstream;
    expect((await failureOf(eventsOf(provider, { model })))[0]).toBe("upstream_failed");
    await until(() => upstream.requests.at(-1)?.path === `/v1/predictions/${id}/cancel`);
  });
});

describe("a prediction of Replicate is cancelled", () => {
  const reason = new Error("enough");

  test("between two looks, at once", async () => {
    using upstream = openUpstream(
      byPath({
        [modelPath]: [answer(200, flux)],
        [createPath]: [answer(202, prediction({}))],
        [cancelPath]: [answer(200, prediction({ status: "canceled" }))],
      }),
    );
    const provider = openAt(createReplicate({ firstMs: 60_000, mostMs: 60_000 }), upstream.origin);
    const controller = new AbortController();
    let leftAt = 0;
    const leaving = async () => {
      // What is told first is told before the first pause.
      for await (const _ of provider.generate?.(mediaRequest({ model }), called(controller.signal)) ?? [])
        setTimeout(() => {
          leftAt = performance.now();
          controller.abort(reason);
        });
    };
    await expect(leaving()).rejects.toBe(reason);
    expect(performance.now() - leftAt).toBeLessThan(1000);
    await until(() => upstream.requests.length > 2);
    expect(upstream.requests.map(({ method, path }) => `${method} ${path}`).at(-1)).toBe(cancelPath);
    expect(upstream.requests.at(-1)?.headers).toMatchObject({
      authorization: "Bearer test-key-0123",
      "content-length": "0",
    });
  });

  test("before the first answer, once that tells which it is", async () => {
    const { promise: hasLeft, resolve: leave } = Promise.withResolvers<void>();
    const { upstream, provider } = openFlux([{ until: hasLeft }, ...answer(202, prediction({}))]);
    using _ = upstream;
    const controller = new AbortController();
    const running = eventsOf(provider, { model }, called(controller.signal));
    await until(() => upstream.requests.length === 2);
    controller.abort(reason);
    await expect(running).rejects.toBe(reason);
    leave();
    await until(() => upstream.requests.length > 2);
    expect(upstream.requests.at(-1)?.path).toBe(`/v1/predictions/${id}/cancel`);
  });

  test("when nobody listens any longer, and not when it has ended", async () => {
    const { upstream, provider } = openFlux(answer(202, prediction({})), [answer(200, prediction({}))]);
    using _ = upstream;
    for await (const _ of provider.generate?.(mediaRequest({ model }), called()) ?? []) break;
    await until(() => upstream.requests.at(-1)?.path === `/v1/predictions/${id}/cancel`);
    const whole = openFlux(answer(201, done));
    using other = whole.upstream;
    await eventsOf(whole.provider, { model });
    await Bun.sleep(50);
    expect(other.requests.map(({ method }) => method)).toEqual(["GET", "POST"]);
  });
});
