import { dayMs } from "../../src/lib/clock.ts";
import { ApiError } from "../../src/protocol/errors.ts";
import { openApp, type TestApp, type TestAppOptions } from "./app.ts";
import { openNameServer, type Zone, zoneOf } from "./name-server.ts";
import { openSmallWeb, type SmallPage, type SmallWeb } from "./small-web.ts";

/** What a path of the site answers, each time that it is asked. */
export type SitePage = Exclude<SmallPage, string>;

export interface TestWeb extends AsyncDisposable, Pick<SmallWeb, "asked" | "most"> {
  readonly app: TestApp;
  /** Of the site under a name: `toUrl("/a")` is `http://site.test:1234/a`. */
  readonly toUrl: (path: string, name?: string) => string;
  /** For tests that share it: a day on which nothing has been read, and another web. */
  begin(site: TestWebOptions["site"], found?: TestWebOptions["found"]): void;
}

export interface TestWebOptions extends TestAppOptions {
  readonly site?: Readonly<Record<string, SitePage>>;
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
export async function openWeb({ site, found, zone, allowedHosts, ...options }: TestWebOptions = {}): Promise<TestWeb> {
  const web = openSmallWeb();
  const { port } = new URL(web.origin);
  const toUrl = (path: string, name = "site.test") => `http://${name}:${port}${path}`;
  let days = 0;
  const begin: TestWeb["begin"] = (pages = {}, finds = []) => {
    days++;
    web.become({ pages, finds: finds.map((each) => toFound(each, toUrl)) });
  };
  begin(site, found);
  const nameServer = await openNameServer(zone ?? zoneOf({ "site.test": ["127.0.0.1"], "other.test": ["127.0.0.1"] }));
  const app = await openApp({
    clock: () => Date.now() + days * dayMs,
    ...options,
    flags: {
      dns_servers: nameServer.address,
      allowed_hosts: (allowedHosts ?? ["site.test", "other.test"]).join(","),
      searxng_url: web.settings.searxng_url,
      ...options.flags,
    },
  });
  return {
    app,
    toUrl,
    begin,
    asked: web.asked,
    most: web.most,
    async [Symbol.asyncDispose]() {
      await app[Symbol.asyncDispose]();
      await web[Symbol.asyncDispose]();
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

function toFound(each: NonNullable<TestWebOptions["found"]>[number], toUrl: TestWeb["toUrl"]) {
  const { path, snippet, name } = typeof each === "string" ? { path: each, snippet: "" } : { name: undefined, ...each };
  return { url: toUrl(path, name), title: `Result ${path}`, content: snippet };
}
