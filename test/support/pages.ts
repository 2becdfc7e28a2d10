import { createGuard } from "../../src/search/guard.ts";
import { createPages, type PageLimits, type Pages } from "../../src/search/page.ts";
import { createResolve } from "../../src/search/resolve.ts";
import { type NameServer, openNameServer, type Zone, zoneOf } from "./name-server.ts";

export interface TestPages extends AsyncDisposable {
  readonly pages: Pages;
  readonly nameServer: NameServer;
}

/** The fetcher as the server has it, with a name server that says what the test says. */
export async function openPages(
  allowedHosts: readonly string[],
  { zone = zoneOf({}), silenceMs = 5000 }: { zone?: Zone; silenceMs?: number } = {},
): Promise<TestPages> {
  const nameServer = await openNameServer(zone);
  const guard = createGuard({ allowedHosts, resolve: createResolve([nameServer.address]) });
  return {
    pages: createPages({ guard, userAgent: "Parley/test", silenceMs }),
    nameServer,
    [Symbol.asyncDispose]: () => nameServer[Symbol.asyncDispose](),
  };
}

export const limits: PageLimits = { signal: new AbortController().signal, maxBytes: 1024 * 1024, timeoutMs: 20_000 };
