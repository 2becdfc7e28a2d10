import { Elysia } from "elysia";
import { Liveness, Version } from "../protocol/resources.ts";
import { version } from "../version.ts";

/** The health probes: fast, without a key, without the network. */
export function probes() {
  return new Elysia()
    .get("/backend-api/v2/version", () => ({ version, latest_version: version }), {
      response: Version,
      detail: { summary: "Which version this is" },
    })
    .get("/healthz", () => ({ status: "ok" as const }), {
      response: Liveness,
      detail: { summary: "Whether the server answers" },
    });
}
