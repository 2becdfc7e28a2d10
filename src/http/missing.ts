import { Elysia } from "elysia";
import { ApiError } from "../protocol/errors.ts";
import { cureFor } from "./absent.ts";

interface Route {
  readonly method: string;
  readonly path: string;
}

/** The route of what no other is there for. */
export const missingRoute = "/*";

/** Answers what no route does: 405 where the address is right and the method is not, else 404. */
export function missing(routes: readonly Route[]) {
  const known = routes.map(({ method, path }) => ({ method, path, pattern: toPattern(path) }));
  const theirs = known.filter(({ path }) => /^\/(v1|v1beta|api)\//.test(path));
  const isTheirs = (path: string) => theirs.some(({ pattern }) => pattern.test(path));
  return new Elysia({ name: "missing" }).all(
    missingRoute,
    ({ path, request, set }) => {
      const methods = new Set(known.filter(({ pattern }) => pattern.test(path)).map(({ method }) => method));
      if (methods.size === 0)
        throw new ApiError("not_found", `there is nothing at this address${cureFor(path, isTheirs)}`);
      if (methods.has("WS")) {
        Object.assign(set.headers, { upgrade: "websocket", connection: "upgrade" });
        throw new ApiError("upgrade_required", "this address speaks WebSocket alone");
      }
      set.headers.allow = [...methods].join(", ");
      throw new ApiError("method_not_allowed", `${request.method} is not possible here; ${[...methods].join(", ")} is`);
    },
    { detail: { hide: true } },
  );
}

/** `/models/:provider` → what it matches. A trailing slash is the router's to forgive. */
function toPattern(path: string): RegExp {
  const steps = path
    .replace(/\/$/, "")
    .split("/")
    .map((step) => (step === "*" ? ".+" : step.startsWith(":") ? "[^/]+" : RegExp.escape(step)));
  return new RegExp(`^${steps.join("/")}/?$`);
}
