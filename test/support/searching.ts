import { dayMs } from "../../src/lib/clock.ts";
import { openRouted, type RoutedOptions } from "./routed.ts";
import { answer, type Script } from "./scripted-upstream.ts";
import { openSmallWeb, page, type SmallWebContent } from "./small-web.ts";

/**
 * The whole application with a small web, for the tests of a file: who reads pages starts a process for it, which takes
 * longer than most tests.
 */
export async function openSearching(options: Omit<RoutedOptions, "clock"> = {}) {
  let scripts: readonly Script[] = [];
  let days = 0;
  const web = openSmallWeb({ pages: { "/warm": page("Warm") } });
  const count = options.providers?.length ?? 1;
  const before = Array<number>(count).fill(0);
  const play =
    (index: number): Script =>
    (request, nth) =>
      (scripts[index] ?? scripts[0] ?? silent)(request, nth - (before[index] ?? 0));
  const routed = await openRouted(
    Array.from({ length: count }, (_, index) => play(index)),
    {
      ...options,
      clock: () => Date.now() + days * dayMs,
      flags: { ...web.settings, search_timeout: "60", ...options.flags },
    },
  );
  const { webSearch } = routed.app.services;
  // On a busy machine a page may be given up while that process starts.
  for (let tries = 0; tries < 5; tries++)
    if (await webSearch.read(`${web.origin}/warm`, new AbortController().signal).catch(() => false)) break;

  const requests = (index = 0) => (routed.upstreams[index]?.requests ?? []).slice(before[index]);
  return {
    ...routed,
    web,
    /**
     * What each test begins with: a day on which nothing has been searched for or read, and who answers, provider by
     * provider or all alike.
     */
    begin(next: Script | readonly Script[], content: SmallWebContent) {
      scripts = [next].flat();
      days++;
      web.become(content);
      for (const [index, { requests }] of routed.upstreams.entries()) before[index] = requests.length;
    },
    /** What a provider was asked since then; the next too, of the bodies. */
    requests,
    body: (nth: number, index = 0) => JSON.parse(requests(index).at(nth)?.body ?? "{}"),
    counts: () => routed.upstreams.map((_, index) => requests(index).length),
    async [Symbol.asyncDispose]() {
      await routed[Symbol.asyncDispose]();
      await web[Symbol.asyncDispose]();
    },
  };
}

const silent: Script = () => answer(503, {});
