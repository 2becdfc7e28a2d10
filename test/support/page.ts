import axe from "axe-core";
import type { TestApp } from "./app.ts";
import { backend } from "./browser.ts";
import { findNamed, findPoint, findSelected } from "./page-elements.ts";
import { watchProblems } from "./page-problems.ts";
import { resize, setTheme, settleTime, type Theme, untilQuiet } from "./page-surroundings.ts";

export interface PageOptions {
  readonly width?: number;
  readonly height?: number;
  readonly theme?: Theme;
  /** Signed in with it before the page is opened. */
  readonly key?: string;
  /** What the page takes for the present, in milliseconds since 1970. */
  readonly now?: number;
  /** Pages of one name share cookies and what is kept in the browser, like tabs; without it, a page has a browser of its own. */
  readonly profile?: string;
}

/**
 * A page in a real browser. Everything waits until it can be done. What the page does wrong meanwhile (an uncaught error, a
 * violation of its policy, a request to another host) fails the test when the page is closed.
 */
export interface TestPage extends AsyncDisposable {
  readonly view: Bun.WebView;
  /** Its own: a name of this machine under which the server answers. */
  readonly origin: string;
  readonly profile: string;
  /** What an expression gives, as text. */
  read(script: string): Promise<string>;
  /** Until what an expression gives holds a text. */
  until(script: string, expected: string): Promise<void>;
  /** Until a text can be read on the page. */
  see(text: string): Promise<void>;
  /** Until it cannot any more. */
  seeNot(text: string): Promise<void>;
  /** By accessible name, with its role where several have it; or by a selector, which begins with `#`, `.` or `[`. */
  click(target: string, role?: string): Promise<void>;
  /** Empties a field, found like what is clicked, and types. */
  fill(target: string, text: string): Promise<void>;
  /** Into whatever has the focus. */
  type(text: string): Promise<void>;
  press(key: string, ...modifiers: Bun.WebView.Modifier[]): Promise<void>;
  /** Whether something has the focus: its accessible name, or its text. */
  focus(): Promise<string>;
  /** Chooses files for the page's first field for them, or a selector's. */
  attach(paths: readonly string[], selector?: string): Promise<void>;
  goTo(path: string): Promise<void>;
  resize(width: number, height?: number): Promise<void>;
  setTheme(theme: Theme): Promise<void>;
  /** Until nothing is being loaded, and nothing has changed for a moment. */
  settle(): Promise<void>;
  reload(): Promise<void>;
  /** Cuts the page off, or connects it again. */
  setOffline(isOffline: boolean): Promise<void>;
  /** Whether the page as a whole is wider than what shows it. */
  scrollsSideways(): Promise<boolean>;
  /** What WCAG 2.2 AA forbids, a line each, with where; or what one rule of axe's does. */
  findViolations(rule?: string): Promise<string[]>;
  /** What can be seen, as PNG; kept where `PARLEY_SCREENSHOTS` names a folder. */
  keepPicture(name: string): Promise<Blob>;
  /** What went wrong since it was last asked; read here, it does not fail the test. */
  problems(): string[];
  /** @throws where something went wrong that nobody has read */
  close(): Promise<void>;
}

const patienceMs = 15_000;
const pauseMs = 20;
let pages = 0;

export async function openPage(app: TestApp, path = "/", options: PageOptions = {}): Promise<TestPage> {
  const { width = 1280, height = 800, theme = "light", key, now, profile = `page-${++pages}` } = options;
  // Each name below localhost is this machine, and has cookies and storage of its own: they are kept by name, not by port.
  const origin = `http://${profile}.localhost:${new URL(app.origin).port}`;
  const view = new Bun.WebView({ width, height, backend });
  await view.navigate("about:blank");
  const watched = await watchProblems(view, new URL(origin).host);
  await resize(view, width, height);
  await setTheme(view, theme);
  await settleTime(view, now);
  if (key !== undefined) await signIn(app, view, origin, key);
  await view.navigate(origin + path);

  const read = async (script: string) => String(await view.evaluate(script));
  const page: TestPage = {
    view,
    origin,
    profile,
    read,
    until: (script, expected) =>
      waitFor(
        async () => (await read(script)).includes(expected) || undefined,
        async () => `${script} never gave ${expected}, but ${await read(script)}`,
      ).then(() => {}),
    see: (text) => page.until("document.body.innerText", text),
    seeNot: (text) => page.until(`!document.body.innerText.includes(${JSON.stringify(text)})`, "true"),
    async click(target, role) {
      const { x, y } = await waitFor(
        async () => {
          const found = await find(view, target, role);
          return found === undefined ? undefined : findPoint(view, found);
        },
        async () => `${target} could never be clicked on: ${await read("document.body.innerText")}`,
      );
      await view.click(x, y);
    },
    async fill(target, text) {
      await page.click(target);
      // A chord alone edits nothing here: the browser's own command does, as the system would call it.
      await view.cdp("Input.dispatchKeyEvent", { type: "keyDown", key: "a", modifiers: 2, commands: ["selectAll"] });
      await view.cdp("Input.dispatchKeyEvent", { type: "keyUp", key: "a", modifiers: 2 });
      await view.press("Backspace");
      await view.type(text);
    },
    type: (text) => view.type(text),
    press: (key, ...modifiers) => view.press(key, { modifiers }),
    focus: () =>
      read(
        "(({ ariaLabel, labels, innerText, tagName }) => ariaLabel || labels?.[0]?.innerText || innerText || tagName)(document.activeElement)",
      ),
    async attach(paths, selector = 'input[type="file"]') {
      const backendNodeId = await waitFor(
        () => findSelected(view, selector),
        async () => `there is no ${selector}`,
      );
      await view.cdp("DOM.setFileInputFiles", { backendNodeId, files: paths });
    },
    async goTo(path) {
      // Another address behind the # is no navigation, whose end would never come.
      if (path.startsWith("/#") && (await read("location.pathname")) === "/")
        await read(`location.hash = ${JSON.stringify(path.slice(1))}`);
      else await view.navigate(origin + path);
    },
    resize: (to, high = height) => resize(view, to, high),
    setTheme: (to) => setTheme(view, to),
    async settle() {
      await page.until(`document.querySelector("main") !== null && !document.querySelector(".waiting")`, "true");
      await read(untilQuiet);
    },
    reload: () => view.reload(),
    setOffline: async (offline) =>
      void (await view.cdp("Network.emulateNetworkConditions", {
        offline,
        latency: 0,
        downloadThroughput: -1,
        uploadThroughput: -1,
      })),
    scrollsSideways: () => view.evaluate("document.documentElement.scrollWidth > innerWidth"),
    findViolations: (rule) => findViolations(view, rule),
    async keepPicture(name) {
      const picture = await view.screenshot();
      if (process.env.PARLEY_SCREENSHOTS) await Bun.write(`${process.env.PARLEY_SCREENSHOTS}/${name}.png`, picture);
      return picture;
    },
    problems: watched.take,
    async close() {
      view.close();
      const left = watched.take();
      if (left.length > 0) throw new Error(`the page did wrong:\n${left.join("\n")}`);
    },
    [Symbol.asyncDispose]: () => page.close(),
  };
  return page;
}

async function find(view: Bun.WebView, target: string, role?: string): Promise<number | undefined> {
  return /^[#.[]/.test(target) ? findSelected(view, target) : findNamed(view, target, role);
}

/** Asks again until there is something: what a page replaces in between is found anew. */
async function waitFor<T>(ask: () => Promise<T | undefined>, failure: () => Promise<string>): Promise<T> {
  const end = performance.now() + patienceMs;
  for (;;) {
    const found = await ask().catch((error) => (performance.now() < end ? undefined : Promise.reject(error)));
    if (found !== undefined) return found;
    if (performance.now() > end) throw new Error(await failure());
    await Bun.sleep(pauseMs);
  }
}

async function signIn(app: TestApp, view: Bun.WebView, url: string, key: string): Promise<void> {
  const signedIn = await app.get("/backend-api/v2/session", { method: "POST", body: JSON.stringify({ key }) });
  const [, name, value] = /^([^=]+)=([^;]+)/.exec(signedIn.headers.get("set-cookie") ?? "") ?? [];
  if (!name) throw new Error(`not signed in: ${await signedIn.text()}`);
  await view.cdp("Network.setCookie", { url, name, value, httpOnly: true, sameSite: "Strict" });
}

const standards = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

async function findViolations(view: Bun.WebView, rule?: string): Promise<string[]> {
  // An expression that is evaluated from outside is not bound by the page's policy.
  await view.evaluate(`(() => { if (!window.axe) { ${axe.source} } })()`);
  return view.evaluate(`axe
    .run(document, { runOnly: ${JSON.stringify(rule ? [rule] : standards)}, resultTypes: ["violations"] })
    .then(({ violations }) => violations.flatMap(({ id, help, nodes }) =>
      nodes.map(({ html, target }) => id + ": " + help + " at " + target.join(" ") + " " + html.slice(0, 160))))`);
}
