import { Elysia } from "elysia";
import { join } from "node:path";
import { acceptsEncoding } from "../http/encodings.ts";
import { header } from "../http/headers.ts";
import { namesVersion } from "../http/versions.ts";
import { lazily } from "../lib/lazily.ts";
import { ApiError } from "../protocol/errors.ts";
import type { Services } from "../services.ts";
import { pageFolder } from "../ui/page-files.ts";
import { fileHeaders, pageHeaders, shareHeaders } from "./page-headers.ts";

const types: Readonly<Record<string, string>> = {
  js: "text/javascript; charset=utf-8",
  css: "text/css; charset=utf-8",
  svg: "image/svg+xml",
};

/** The web pages, from inside the binary. */
export function page({ shares }: Services) {
  const files = lazily(openFiles);
  return new Elysia()
    .get("/", ({ request }) => answer(request, "index"), { detail: { hide: true } })
    .get("/docs", ({ request }) => answer(request, "docs"), { detail: { hide: true } })
    .get(
      "/share/:share_id",
      // The page says it too; the status is for those that do not run it.
      async ({ request, params }) =>
        answer(request, "share", (await isShared(params.share_id)) ? 200 : 404, shareHeaders),
      { detail: { hide: true } },
    )
    .get(
      "/assets/:name",
      async ({ request, params: { name } }) => {
        const app = await files();
        const ask = (path: string) => app.handle(new Request(new URL(path, "http://localhost"), request));
        const type = types[name.split(".").at(-1) ?? ""];
        if (type && acceptsEncoding(header(request, "accept-encoding") ?? "", "br")) {
          const compressed = await ask(`/assets/${name}.br`);
          if (compressed.status !== 404) return toCompressed(compressed, type);
        }
        const plain = await ask(`/assets/${name}`);
        if (plain.status === 404) throw new ApiError("not_found", "there is no such file of a page");
        return plain;
      },
      { detail: { hide: true } },
    );

  function isShared(id: string): Promise<boolean> {
    return shares.get(id).then(
      () => true,
      (thrown) => {
        if (thrown instanceof ApiError) return false;
        throw thrown;
      },
    );
  }
}

async function answer(
  request: Request,
  name: string,
  status = 200,
  its: Readonly<Record<string, string>> = pageHeaders,
): Promise<Response> {
  const html = await Bun.file(join(await pageFolder(), `${name}.html`)).bytes();
  const tag = Bun.hash(html).toString(36);
  const etag = `"${tag}"`;
  return status === 200 && namesVersion(header(request, "if-none-match") ?? "", tag)
    ? new Response(null, { status: 304, headers: { ...its, etag } })
    : new Response(html, { status, headers: { ...its, etag } });
}

/** What pages load. */
async function openFiles() {
  const { staticPlugin } = await import("@elysiajs/static");
  const files = await staticPlugin({
    assets: await pageFolder(),
    prefix: "/assets",
    alwaysStatic: true,
    indexHTML: false,
    headers: fileHeaders,
    silent: true,
  });
  return new Elysia().use(files);
}

function toCompressed(response: Response, type: string): Response {
  const headers = new Headers(response.headers);
  headers.set("content-encoding", "br");
  headers.set("content-type", type);
  return new Response(response.body, { status: response.status, headers });
}
