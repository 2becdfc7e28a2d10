/** A path of the site: its HTML, or what answers, each time that it is asked. */
export type SmallPage = string | ((request: Request) => Response | Promise<Response>);

export interface Found {
  /** Or its path on the site. */
  readonly url: string;
  readonly title: string;
  readonly content: string;
}

export interface SmallWebContent {
  /** By path; what is not among them is not there. */
  readonly pages?: Readonly<Record<string, SmallPage>>;
  /** What the engine finds, whatever it is asked; a status that it fails with; all pages if not set. */
  readonly finds?: readonly Found[] | number | "hangs";
  /** Called when whoever asked the engine has left. */
  readonly onLeft?: () => void;
}

/** A SearXNG and a site on this machine. */
export interface SmallWeb extends AsyncDisposable {
  /** Settings under which they are asked. */
  readonly settings: { readonly searxng_url: string; readonly allowed_hosts: string };
  /** Where the site lies. */
  readonly origin: string;
  readonly host: string;
  /** What was searched for. */
  readonly queries: readonly string[];
  /** `GET 127.0.0.1 /path`, in the order in which they came to the site. */
  readonly asked: readonly string[];
  /** The paths among them, without `robots.txt`. */
  readonly reads: readonly string[];
  /** Most requests that were under way at once, by the site's name. */
  readonly most: ReadonlyMap<string, number>;
  /** Is this from now on, and forgets what it was asked. */
  become(content: SmallWebContent): void;
}

export function openSmallWeb(first: SmallWebContent = {}): SmallWeb {
  const queries: string[] = [];
  const asked: string[] = [];
  const under = new Map<string, number>();
  const most = new Map<string, number>();
  let content = first;
  const site = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    idleTimeout: 0,
    async fetch(request) {
      const { pathname, search } = new URL(request.url);
      const name = (request.headers.get("host") ?? "").replace(/:.*/, "");
      asked.push(`${request.method} ${name} ${pathname}${search}`);
      const now = (under.get(name) ?? 0) + 1;
      under.set(name, now);
      most.set(name, Math.max(now, most.get(name) ?? 0));
      try {
        const page = content.pages?.[pathname] ?? notThere;
        if (typeof page !== "string") return await page(request);
        return new Response(page, { headers: { "content-type": "text/html" } });
      } finally {
        under.set(name, (under.get(name) ?? 0) - 1);
      }
    },
    error: () => new Response("broken", { status: 500 }),
  });
  const { origin, host } = site.url;
  const engine = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    idleTimeout: 0,
    fetch(request) {
      queries.push(new URL(request.url).searchParams.get("q") ?? "");
      const { finds = Object.keys(content.pages ?? {}).map(toFound), onLeft } = content;
      request.signal.addEventListener("abort", () => onLeft?.());
      if (finds === "hangs") return hanging();
      if (typeof finds === "number") return new Response("", { status: finds });
      const at = (url: string) => (url.startsWith("/") ? origin + url : url);
      return Response.json({ results: finds.map((found) => ({ ...found, url: at(found.url) })) });
    },
  });
  return {
    settings: { searxng_url: engine.url.origin, allowed_hosts: host },
    origin,
    host,
    queries,
    asked,
    get reads() {
      return asked.map((each) => each.split(" ")[2] ?? "").filter((path) => path !== "/robots.txt");
    },
    most,
    become(next) {
      content = next;
      queries.length = asked.length = 0;
      most.clear();
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([site.stop(true), engine.stop(true)]);
    },
  };
}

const notThere = () => new Response("There is no such page.", { status: 404 });

function toFound(path: string): Found {
  const name = path.slice(1);
  return { url: path, title: `About ${name}`, content: `A few words of ${name}.` };
}

/** A page as sites write them, with words enough around these to be its main text. */
export function page(title: string, ...paragraphs: readonly string[]): string {
  const more = "It goes on with what else there is to say of it, in sentences of a usual length, for some lines more.";
  const text = [...paragraphs, more, more].map((each) => `<p>${each}</p>`).join("\n");
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${title}</title></head>
<body><nav><a href="/">Home</a></nav><main><article><h1>${title}</h1>${text}</article></main></body></html>`;
}

/** Never comes. */
export const hanging = () => new Promise<Response>(() => {});

/** Never ends: more than any limit, in chunks. */
export function endless(): Response {
  const piece = new TextEncoder().encode("<p>All the same, over and over. </p>".repeat(2000));
  const body = new ReadableStream({ pull: (controller) => controller.enqueue(piece) });
  return new Response(body, { headers: { "content-type": "text/html" } });
}
