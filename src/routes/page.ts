import { Elysia } from "elysia";
import { assets } from "../ui/assets.ts";

const headers = {
  "cache-control": "no-cache",
  "content-security-policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "referrer-policy": "no-referrer",
};

/** The web page, from inside the binary. */
export function page() {
  const app = new Elysia();
  for (const { path, type, body } of assets()) {
    const etag = `"${Bun.hash(body).toString(36)}"`;
    app.get(
      path,
      ({ request }) =>
        request.headers.get("if-none-match") === etag
          ? new Response(null, { status: 304, headers: { etag } })
          : new Response(body, { headers: { ...headers, etag, "content-type": type } }),
      { detail: { hide: true } },
    );
  }
  return app;
}
