import { Type } from "@sinclair/typebox";
import { Elysia } from "elysia";
import { answers } from "../http/answers.ts";
import { content } from "../http/content.ts";
import type { Services } from "../services.ts";
import { version } from "../version.ts";

/** What is counted, for Prometheus: whoever reads it knows how much is asked, and of whom. */
export function metricsRoute(services: Services) {
  const { access, config } = services;
  return new Elysia().get(
    "/metrics",
    async ({ request }) => {
      access.admin(request);
      // Most servers are never asked.
      const [{ writeMetrics }, { contentType }] = await Promise.all([
        import("../metrics/figures.ts"),
        import("../metrics/text.ts"),
      ]);
      const text = await writeMetrics({ ...services, directory: config.data_dir, version });
      return new Response(text, { headers: { "content-type": contentType, "cache-control": "no-store" } });
    },
    {
      response: answers({ 200: content<string>({ "text/plain": Type.String() }) }),
      detail: { summary: "What is counted, in the text form of Prometheus; for admins" },
    },
  );
}
