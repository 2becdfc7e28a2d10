export type Theme = "light" | "dark";

export async function resize(view: Bun.WebView, width: number, height: number): Promise<void> {
  await view.cdp("Emulation.setDeviceMetricsOverride", { width, height, deviceScaleFactor: 1, mobile: width < 600 });
}

export async function setTheme(view: Bun.WebView, theme: Theme): Promise<void> {
  await view.cdp("Emulation.setEmulatedMedia", {
    features: [
      { name: "prefers-color-scheme", value: theme },
      { name: "prefers-reduced-motion", value: "reduce" },
    ],
  });
}

/** The same on every machine, and on every day where a present is named. */
export async function settleTime(view: Bun.WebView, now: number | undefined): Promise<void> {
  await view.cdp("Emulation.setTimezoneOverride", { timezoneId: "UTC" });
  await view.cdp("Emulation.setLocaleOverride", { locale: "en-US" });
  if (now === undefined) return;
  await view.cdp("Page.enable");
  await view.cdp("Page.addScriptToEvaluateOnNewDocument", {
    source: `{
      const Real = Date, shift = ${now} - Real.now();
      globalThis.Date = class extends Real {
        constructor(...given) { given.length ? super(...given) : super(Real.now() + shift); }
        static now() { return Real.now() + shift; }
      };
    }`,
  });
}

/** Resolves once the document has not changed for a moment, and its pictures are there. */
export const untilQuiet = `new Promise((resolve) => {
  // What is to be loaded late, and cannot be seen, is not waited for.
  const isFar = (image) => image.loading === "lazy" && image.getBoundingClientRect().top > innerHeight;
  const look = () => [...document.images].every((image) => image.complete || isFar(image)) ? end() : wait();
  const end = () => { observer.disconnect(); clearTimeout(last); resolve(0); };
  const last = setTimeout(end, 3000);
  let next;
  const wait = () => { clearTimeout(next); next = setTimeout(look, 120); };
  const observer = new MutationObserver(wait);
  observer.observe(document.documentElement, { subtree: true, childList: true, attributes: true, characterData: true });
  wait();
})`;
