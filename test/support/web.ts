import { answer, openUpstream, type ScriptedUpstream } from "./scripted-upstream.ts";

/** A small site on loopback, which notes what it is asked for. */
export interface Site extends Disposable {
  readonly origin: string;
  readonly host: string;
  /** The paths that were asked for, but for `/robots.txt`. */
  readonly asked: readonly string[];
}

/** What is not among its pages is not there. */
export function openSite(pages: Readonly<Record<string, () => Response | Promise<Response>>>): Site {
  const asked: string[] = [];
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    idleTimeout: 0,
    async fetch(request) {
      const { pathname } = new URL(request.url);
      if (pathname !== "/robots.txt") asked.push(pathname);
      return (await pages[pathname]?.()) ?? new Response("There is no such page.", { status: 404 });
    },
  });
  return {
    origin: server.url.origin,
    host: server.url.host,
    asked,
    [Symbol.dispose]: () => void server.stop(true),
  };
}

/** An article as sites write them, with words enough to be its page's main text. */
export function article(title: string, ...paragraphs: readonly string[]): () => Response {
  const filler =
    "It goes on with what else there is to say of it, in sentences of a usual length, for some lines more.";
  const text = [...paragraphs, filler, filler].map((each) => `<p>${each}</p>`).join("\n");
  const html = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${title}</title></head>
<body><nav><a href="/">Home</a></nav><main><article><h1>${title}</h1>${text}</article></main></body></html>`;
  return () => new Response(html, { headers: { "content-type": "text/html; charset=utf-8" } });
}

/** A page that never comes. */
export const hanging = () => new Promise<Response>(() => {});

/** A page that never ends: more than any limit, in chunks. */
export function endless(): Response {
  const piece = new TextEncoder().encode("<p>All the same, over and over. </p>".repeat(2000));
  const body = new ReadableStream({ pull: (controller) => controller.enqueue(piece) });
  return new Response(body, { headers: { "content-type": "text/html" } });
}

export interface Found {
  readonly url: string;
  readonly title: string;
  readonly content: string;
}

/** A SearXNG that finds the same whatever it is asked, or fails with a status. */
export function openSearxng(found: readonly Found[] | number): ScriptedUpstream {
  return openUpstream(() => (typeof found === "number" ? answer(found, {}) : answer(200, { results: found })));
}
