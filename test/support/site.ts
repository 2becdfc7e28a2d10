import { ApiError } from "../../src/protocol/errors.ts";
import { openApp, type TestApp, type TestAppOptions } from "./app.ts";
import { openNameServer, type Zone, zoneOf } from "./name-server.ts";

/** What a path of the site answers, each time that it is asked. */
export type SitePage = (request: Request) => Response | Promise<Response>;

export interface TestWeb extends AsyncDisposable {
  readonly app: TestApp;
  /** Of the site under a name: `toUrl("/a")` is `http://site.test:1234/a`. */
  readonly toUrl: (path: string, name?: string) => string;
  /** `GET site.test /path`, in the order in which they came; the engine's are not among them. */
  readonly asked: readonly string[];
  /** Most requests that were under way at once, by name. */
  readonly most: ReadonlyMap<string, number>;
}

export interface TestWebOptions extends TestAppOptions {
  readonly site: Readonly<Record<string, SitePage>>;
  /** What the engine finds, by path of the site, whatever it is asked for. */
  readonly found?: readonly (string | { readonly path: string; readonly snippet: string; readonly name?: string })[];
  readonly zone?: Zone;
  /** As the setting has it; without it, the names that the site has. */
  readonly allowedHosts?: readonly string[];
}

export const html =
  (body: string, head = ""): SitePage =>
  () =>
    new Response(`<!doctype html><html><head>${head}</head><body>${body}</body></html>`, {
      headers: { "content-type": "text/html; charset=utf-8" },
    });

/** Of so many words, the first of which are these. */
export const article = (words: string, count = 60): SitePage =>
  html(
    `<article><h1>${words}</h1><p>${words} ${"and more of it ".repeat(count / 4)}</p></article>`,
    `<title>${words}</title>`,
  );

export const silence: SitePage = ({ signal }) =>
  new Promise((_, reject) => signal.addEventListener("abort", () => reject(new Error("left"))));

/** The whole application, a SearXNG that finds what the test says, and a site on this machine under names of its own. */
export async function openWeb({ site, found = [], zone, allowedHosts, ...options }: TestWebOptions): Promise<TestWeb> {
  const asked: string[] = [];
  const under = new Map<string, number>();
  const most = new Map<string, number>();
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    idleTimeout: 0,
    async fetch(request) {
      const { pathname, search, port } = new URL(request.url);
      if (pathname === "/searxng/search") return Response.json({ results: found.map((each) => toResult(each, port)) });
      const name = (request.headers.get("host") ?? "").replace(/:.*/, "");
      asked.push(`GET ${name} ${pathname}${search}`);
      const now = (under.get(name) ?? 0) + 1;
      under.set(name, now);
      most.set(name, Math.max(now, most.get(name) ?? 0));
      try {
        return (await site[pathname]?.(request)) ?? new Response("there is none", { status: 404 });
      } finally {
        under.set(name, (under.get(name) ?? 0) - 1);
      }
    },
    error: () => new Response("broken", { status: 500 }),
  });
  const nameServer = await openNameServer(zone ?? zoneOf({ "site.test": ["127.0.0.1"], "other.test": ["127.0.0.1"] }));
  const app = await openApp({
    ...options,
    flags: {
      dns_servers: nameServer.address,
      allowed_hosts: (allowedHosts ?? ["site.test", "other.test"]).join(","),
      searxng_url: `http://127.0.0.1:${server.port}/searxng`,
      ...options.flags,
    },
  });
  return {
    app,
    toUrl: (path, name = "site.test") => `http://${name}:${server.port}${path}`,
    asked,
    most,
    async [Symbol.asyncDispose]() {
      await app[Symbol.asyncDispose]();
      await server.stop(true);
      await nameServer[Symbol.asyncDispose]();
    },
  };
}

/**
 * Why something failed, its site called SITE. Bun's `rejects` runs the loop within itself, and loses what threads answer
 * meanwhile: a test would wait for ever.
 */
export async function refusalOf(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    (value) => `no failure: ${JSON.stringify(value)}`,
    (thrown: unknown) => {
      if (!(thrown instanceof ApiError)) return String(thrown);
      return `${thrown.reason}: ${thrown.message.replace(/(site|other)\.test:\d+/, "SITE")}`;
    },
  );
}

function toResult(each: NonNullable<TestWebOptions["found"]>[number], port: string) {
  const { path, snippet, name = "site.test" } = typeof each === "string" ? { path: each, snippet: "" } : each;
  return { url: `http://${name}:${port}${path}`, title: `Result ${path}`, content: snippet };
}
