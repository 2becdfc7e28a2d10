import { useSyncExternalStore } from "react";

interface NavigateOptions {
  readonly state?: unknown;
  readonly replace?: boolean;
}

/**
 * The page's address stands after the `#` as a whole, as in `#/runs?run=…`. Wouter's own hook for that puts what follows the
 * `?` before the `#`, where the server is told. Wouter decodes a path as a whole, in which `%3F` stays what it was and `%25` does
 * not: it gets one that becomes what was there, and whoever reads a part of it decodes that.
 */
export function useAddress(): [string, (to: string, options?: NavigateOptions) => void] {
  return [useSyncExternalStore(subscribe, () => read().path.replaceAll("%", "%25")), navigate];
}

useAddress.hrefs = (href: string) => `#${href}`;
useAddress.searchHook = () => useSyncExternalStore(subscribe, () => read().search);

function navigate(to: string, { state = null, replace = false }: NavigateOptions = {}): void {
  const oldURL = location.href;
  history[replace ? "replaceState" : "pushState"](state, "", `#${to}`);
  dispatchEvent(new HashChangeEvent("hashchange", { oldURL, newURL: location.href }));
}

function read(): { readonly path: string; readonly search: string } {
  const [path = "", ...rest] = readAddress().split("?");
  return { path, search: rest.join("?") };
}

/** The address as it stands now, with what follows its `?`. */
export function readAddress(): string {
  return location.hash.replace(/^#?\/?/, "/");
}

function subscribe(onChange: () => void): () => void {
  addEventListener("hashchange", onChange);
  return () => removeEventListener("hashchange", onChange);
}
