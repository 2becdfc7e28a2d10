/** A search engine and a site on this machine, as a run finds them. */
export interface SmallWeb extends AsyncDisposable {
  /** Settings under which they are asked. */
  readonly settings: { readonly searxng_url: string; readonly allowed_hosts: string };
  /** Where the site lies, with its port. */
  readonly host: string;
  /** What was searched for. */
  readonly queries: readonly string[];
  /** The paths that were read, without `robots.txt`. */
  readonly reads: readonly string[];
}

export interface SmallWebParts {
  /** By path; `hangs` never answers. */
  readonly pages: Readonly<Record<string, string>>;
  /** What the engine does with every question: it finds all pages, unless it breaks, or never answers. */
  readonly engine?: "finds" | "breaks" | "hangs";
  /** Called when whoever asked the engine has left. */
  readonly onLeft?: () => void;
}

export function openSmallWeb({ pages, engine = "finds", onLeft }: SmallWebParts): SmallWeb {
  const queries: string[] = [];
  const reads: string[] = [];
  const site = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch({ url }) {
      const { pathname } = new URL(url);
      if (pathname !== "/robots.txt") reads.push(pathname);
      const page = pages[pathname];
      if (page === "hangs") return new Promise(() => {});
      if (page === undefined) return new Response("", { status: 404 });
      return new Response(page, { headers: { "content-type": "text/html" } });
    },
  });
  const host = `127.0.0.1:${site.port}`;
  const results = Object.keys(pages).map((path) => ({
    url: `http://${host}${path}`,
    title: `About ${path.slice(1)}`,
    content: `A few words of ${path.slice(1)}.`,
  }));
  const finder = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch(request) {
      queries.push(new URL(request.url).searchParams.get("q") ?? "");
      request.signal.addEventListener("abort", () => onLeft?.());
      if (engine === "breaks") return new Response("", { status: 500 });
      return engine === "hangs" ? new Promise(() => {}) : Response.json({ query: "", results });
    },
  });
  return {
    settings: { searxng_url: `http://127.0.0.1:${finder.port}`, allowed_hosts: host },
    host,
    queries,
    reads,
    async [Symbol.asyncDispose]() {
      await Promise.all([site.stop(true), finder.stop(true)]);
    },
  };
}

/** A page with something to say. */
export function page(title: string, text: string): string {
  return `<!doctype html><title>${title}</title><main><h1>${title}</h1><p>${text}</p></main>`;
}
