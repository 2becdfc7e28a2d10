import { Elysia } from "elysia";
import { ApiError } from "../protocol/errors.ts";
import { Liveness, Version } from "../protocol/resources.ts";
import type { Services } from "../services.ts";
import { version } from "../version.ts";

/** The health probes: fast, without the network. */
export function probes({ runs }: Services) {
  return new Elysia()
    .get("/backend-api/v2/version", () => ({ version, latest_version: version }), {
      response: Version,
      detail: { summary: "Which version this is" },
    })
    .get("/healthz", () => ({ status: "ok" as const }), {
      response: Liveness,
      detail: { summary: "Whether the server answers" },
    })
    .get(
      "/readyz",
      () => {
        if (runs.isDraining) throw new ApiError("shutting_down", "the server is stopping", { retryAfterMs: 5000 });
        return { status: "ok" as const };
      },
      { response: Liveness, detail: { summary: "Whether the server takes new work" } },
    );
}
