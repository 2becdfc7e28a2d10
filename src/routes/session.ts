import { Elysia } from "elysia";
import { answers } from "../http/answers.ts";
import { createGuesses } from "../http/guesses.ts";
import { typedBody } from "../http/json-body.ts";
import { readSessionCookie, writeSessionCookie } from "../http/session-cookie.ts";
import type { Caller } from "../protocol/caller.ts";
import { ApiError } from "../protocol/errors.ts";
import { Session, SignIn } from "../protocol/sessions.ts";
import type { Services } from "../services.ts";

const maxBodyBytes = 32 * 1024;

/** How browsers sign in: the key is sent once, and a cookie that no script can read stands for it. */
export function session({ access, sessions, clock }: Services) {
  const guesses = createGuesses(clock);
  const toSession = (caller: Caller | undefined): Session => ({
    required: access.isClosed,
    signed_in: caller !== undefined,
    owner: caller?.owner ?? null,
    role: caller?.role ?? null,
  });

  return new Elysia({ prefix: "/backend-api/v2" })
    .get(
      "/session",
      ({ request, set }) => {
        set.headers["cache-control"] = "no-store";
        return toSession(access.find(request));
      },
      { response: answers({ 200: Session }), detail: { summary: "Whether a key is needed, and who you are" } },
    )
    .post(
      "/session",
      async ({ body: { key }, request, server, set }) => {
        if (!access.isClosed) return toSession(access.find(request));
        const address = server?.requestIP(request)?.address ?? "";
        guesses.check(address);
        const known = access.judge(key);
        if (!known) {
          guesses.countWrong(address);
          throw new ApiError("access_denied", "this is no key of this server, or one that was revoked or has expired");
        }
        const token = await sessions.open(known.caller.keyId ?? "", known.digest);
        set.headers["set-cookie"] = writeSessionCookie(request, token);
        return toSession(known.caller);
      },
      {
        ...typedBody(SignIn, maxBodyBytes),
        response: answers({ 200: Session }),
        detail: { summary: "Signs a browser in: a cookie stands for the key from then on" },
      },
    )
    .delete(
      "/session",
      async ({ request, set }) => {
        const token = readSessionCookie(request);
        if (token !== undefined) await sessions.close(token);
        set.headers["set-cookie"] = writeSessionCookie(request, "");
        return toSession(access.isClosed ? undefined : access.find(request));
      },
      { response: answers({ 200: Session }), detail: { summary: "Signs the browser out" } },
    );
}
