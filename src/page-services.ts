import type { Config } from "./config/load.ts";
import { createGuard, type Guard } from "./search/guard.ts";
import { createPages, type Pages } from "./search/page.ts";
import { createResolve } from "./search/resolve.ts";
import { version } from "./version.ts";

/** What may be fetched of what callers and pages name. */
export interface PageServices {
  readonly guard: Guard;
  readonly pages: Pages;
  /** Pages that may also be fetched from these hosts, `host:port`. */
  readonly toPages: (...more: readonly string[]) => Pages;
}

/** A page that brings nothing for so long is not waited for: people wait for the answer that it belongs to. */
const silenceMs = 15_000;

export function openPageServices({ allowed_hosts, dns_servers }: Config): PageServices {
  const resolve = createResolve(dns_servers);
  const toGuard = (more: readonly string[]) => createGuard({ allowedHosts: [...allowed_hosts, ...more], resolve });
  const toPages = (...more: readonly string[]) =>
    createPages({ guard: toGuard(more), userAgent: `Parley/${version}`, silenceMs });
  return { guard: toGuard([]), pages: toPages(), toPages };
}
