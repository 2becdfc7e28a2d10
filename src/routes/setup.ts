import { Elysia } from "elysia";
import { answers } from "../http/answers.ts";
import { typedBody } from "../http/json-body.ts";
import { assertId } from "../protocol/ids.ts";
import { ApiError } from "../protocol/errors.ts";
import { FirstKey, SetUp } from "../protocol/setup.ts";
import type { Services } from "../services.ts";

const maxBodyBytes = 8 * 1024;

/** How whoever started the server gets its first key: with what it printed for them. */
export function setup({ setup, sessions, sessionCookie, log }: Services) {
  return new Elysia({ prefix: "/backend-api/v2" }).post(
    "/setup",
    async ({ body: { token, name }, request, set }) => {
      assertId("name", name);
      if (name === "all") throw new ApiError("invalid_request", "name: all means everybody's; take another one");
      const { key, row } = await setup.claim(request, token, name);
      log.info("the first key was made: the server is set up", { name });
      set.headers["cache-control"] = "no-store";
      set.headers["set-cookie"] = sessionCookie.write(request, await sessions.open(row.id, row.digest));
      return { key, name, owner: row.owner };
    },
    {
      ...typedBody(SetUp, maxBodyBytes),
      response: answers({ 200: FirstKey }),
      detail: {
        summary: "Makes the first key of a server, with the link that it printed",
        description: "The key is an admin's, and is shown this once; the browser is signed in with it. Afterwards 404.",
      },
    },
  );
}
