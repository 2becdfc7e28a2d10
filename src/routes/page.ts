import { Elysia } from "elysia";
import { header } from "../http/headers.ts";
import { namesVersion } from "../http/versions.ts";
import { lazily } from "../lib/lazily.ts";
import { ApiError } from "../protocol/errors.ts";
import type { Services } from "../services.ts";
import { assets } from "../ui/assets.ts";

const headers = {
  "cache-control": "no-cache",
  "content-security-policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; media-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "referrer-policy": "no-referrer",
};

const sharePath = "/share/:share_id";

/** The web pages, from inside the binary. */
export function page({ shares }: Services) {
  const app = new Elysia();
  for (const { path, type, body } of assets()) {
    const tag = lazily(() => Bun.hash(body()).toString(36));
    app.get(
      path,
      async ({ request, params }) => {
        // The page says it too; the status is for those that do not run it.
        const status = path === sharePath && !(await isShared(params)) ? 404 : 200;
        const etag = `"${tag()}"`;
        return status === 200 && namesVersion(header(request, "if-none-match") ?? "", tag())
          ? new Response(null, { status: 304, headers: { etag } })
          : new Response(body(), { status, headers: { ...headers, etag, "content-type": type } });
      },
      { detail: { hide: true } },
    );
  }
  return app;

  function isShared(params: object): Promise<boolean> {
    return shares.get(String(Reflect.get(params, "share_id"))).then(
      () => true,
      (thrown) => {
        if (thrown instanceof ApiError) return false;
        throw thrown;
      },
    );
  }
}
