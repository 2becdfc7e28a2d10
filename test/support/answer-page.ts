import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pageHeaders } from "../../src/routes/page-headers.ts";
import { bundle } from "../../src/ui/bundle.ts";

/** A page of answers alone (`window.show`), bundled and served like the server's own, under its policy. */
export async function openAnswerPage() {
  const folder = await mkdtemp(join(tmpdir(), "answers-"));
  await bundle([join(import.meta.dir, "answer-page/answer-page.html")], folder);
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch(request) {
      const { pathname } = new URL(request.url);
      const name = pathname === "/" ? "answer-page.html" : pathname.replace(/^\/assets\//, "");
      const file = Bun.file(join(folder, name.replaceAll("/", "")));
      return file.size > 0
        ? new Response(file, { headers: { "content-security-policy": pageHeaders["content-security-policy"] } })
        : new Response(null, { status: 404 });
    },
  });
  return {
    origin: server.url.origin,
    async [Symbol.asyncDispose]() {
      await server.stop(true);
      await rm(folder, { recursive: true });
    },
  };
}
