import { Elysia } from "elysia";
import { answers } from "../http/answers.ts";
import { typedBody } from "../http/json-body.ts";
import type { Caller } from "../protocol/caller.ts";
import { Session, SignIn } from "../protocol/sessions.ts";
import type { Services } from "../services.ts";
import { sessionOidc } from "./session-oidc.ts";

const maxBodyBytes = 32 * 1024;
/** Arbitrary: a browser has two. Each is a write. */
const maxClosed = 10;

/** How browsers sign in: the key is sent once, and a cookie that no script can read stands for it. */
export function session(services: Services) {
  const { access, sessions, sessionCookie, setup, oidc } = services;
  const toSession = (caller: Caller | undefined): Session => ({
    required: access.isClosed,
    signed_in: caller !== undefined,
    owner: caller?.owner ?? null,
    role: caller?.role ?? null,
    ...(caller?.name !== undefined && { name: caller.name }),
    ...(oidc && { oidc: { name: oidc.name } }),
    ...(setup.isPending && { setup: true }),
  });

  /** What a browser no longer brings would stay good for weeks, and nobody could end it. */
  const closeAll = async (request: Request) =>
    void (await Promise.all(sessionCookie.readAll(request).slice(0, maxClosed).map(sessions.close)));

  return new Elysia({ prefix: "/backend-api/v2" })
    .use(sessionOidc(services))
    .get("/session", ({ request }) => toSession(access.find(request)), {
      response: answers({ 200: Session }),
      detail: { summary: "Whether a key is needed, and who you are" },
    })
    .post(
      "/session",
      async ({ body: { key }, request, set }) => {
        if (!access.isClosed) return toSession(access.find(request));
        const known = access.judge(request, key);
        const token = await sessions.open(known.caller.keyId ?? "", known.digest);
        await closeAll(request);
        set.headers["set-cookie"] = sessionCookie.write(request, token);
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
        await closeAll(request);
        set.headers["set-cookie"] = sessionCookie.remove(request);
        return toSession(access.isClosed ? undefined : access.find(request));
      },
      { response: answers({ 200: Session }), detail: { summary: "Signs the browser out" } },
    );
}
