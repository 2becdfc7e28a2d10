import { Elysia } from "elysia";
import { answers } from "../http/answers.ts";
import { ApiError } from "../protocol/errors.ts";
import { Liveness, Version } from "../protocol/resources.ts";
import type { Services } from "../services.ts";
import { version } from "../version.ts";

/** The health probes: fast, without the network. */
export function probes({ runs, updates }: Services) {
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
        if (runs.isDraining) throw new ApiError("shutting_down", "the server is stopping", { retryAfterMs: 5000 });
        return { status: "ok" as const };
      },
      { response: answers({ 200: Liveness }), detail: { summary: "Whether the server takes new work" } },
    );
}
