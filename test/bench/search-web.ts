/**
 * A small web for `search.ts`, a process of its own: five sites at 127.0.0.1 to 127.0.0.5, each with one page of the fixtures under
 * whatever path, and a search engine that finds all of them, under the path that the question names.
 */
import { readdirSync } from "node:fs";
import { join } from "node:path";

const folder = join(import.meta.dir, "../fixtures/pages");
const files = readdirSync(folder).filter((name) => name.endsWith(".html"));

const sites = [0, 1, 2, 3, 4].map((index) => {
  const page = Bun.file(join(folder, files[index * 3] ?? ""));
  return Bun.serve({
    hostname: `127.0.0.${index + 1}`,
    port: 0,
    fetch({ url }) {
      if (url.endsWith("/robots.txt")) return new Response("", { status: 404 });
      return new Response(page, { headers: { "content-type": "text/html" } });
    },
  }).url.origin;
});

const engine = Bun.serve({
  hostname: "127.0.0.1",
  port: 0,
  fetch({ url }) {
    const path = /pages\d+/.exec(url)?.[0] ?? "";
    return Response.json({
      results: sites.map((site) => ({ url: `${site}/${path}`, title: "A page", content: "A few words" })),
    });
  },
});
// However the bench ends.
process.on("disconnect", () => process.exit());
process.send?.({ engine: engine.url.origin, sites });
