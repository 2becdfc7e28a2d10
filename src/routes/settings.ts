import { Elysia } from "elysia";
import { answers } from "../http/answers.ts";
import { ServerSettings } from "../protocol/settings.ts";
import type { Services } from "../services.ts";

/** What the server was told: whoever may read it knows where it listens, what it keeps, and whom it asks. */
export function settings({ settings, access }: Services) {
  return new Elysia({ prefix: "/backend-api/v2" }).get(
    "/settings",
    ({ request }) => {
      access.admin(request);
      return settings();
    },
    {
      response: answers({ 200: ServerSettings }),
      detail: { summary: "Every setting, what it is, and where that comes from; for admins" },
    },
  );
}
