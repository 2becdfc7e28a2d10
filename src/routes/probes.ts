import { Elysia } from "elysia";
import { answers } from "../http/answers.ts";
import { ApiError } from "../protocol/errors.ts";
import { Liveness, Version } from "../protocol/resources.ts";
import type { Services } from "../services.ts";
import { version } from "../version.ts";

/** The health probes: fast, without the network. */
export function probes({ runs, updates, store, shedding }: Services) {
  /** @throws {ApiError} that says why it does not, or not now */
  const assertReady = () => {
    if (runs.isDraining) throw new ApiError("shutting_down", "the server is stopping", { retryAfterMs: 5000 });
    const { failure } = store.disk;
    if (failure) throw new ApiError("storage_unavailable", failure.message, { retryAfterMs: 5000 });
    shedding.assertReady();
  };

  return new Elysia()
    .get("/backend-api/v2/version", () => ({ version, latest_version: updates.latestVersion }), {
      response: answers({ 200: Version }),
      detail: { summary: "Which version this is" },
    })
    .get("/healthz", () => ({ status: "ok" as const }), {
      response: answers({ 200: Liveness }),
      detail: { summary: "Whether the server answers" },
    })
    .get(
      "/readyz",
      () => {
        assertReady();
        return { status: "ok" as const };
      },
      {
        response: answers({ 200: Liveness }),
        detail: {
          summary:
            "Whether the server takes new work: it neither stops, nor is it overloaded, and its disk takes writes",
        },
      },
    );
}
