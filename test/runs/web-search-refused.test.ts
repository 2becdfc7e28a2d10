import { expect, test } from "bun:test";
import { ApiError } from "../../src/protocol/errors.ts";
import type { TestApp } from "../support/app.ts";
import { readEvents } from "../support/events.ts";
import { openNameServer, type Zone } from "../support/name-server.ts";
import { logsOf, openRouted } from "../support/routed.ts";
import { answer, openaiText, openUpstream } from "../support/scripted-upstream.ts";
import { openSmallWeb } from "../support/small-web.ts";

/** Where nobody may come: a server of this machine, which counts who does. */
function openCanary() {
  let hits = 0;
  const fetch = () => new Response(`landed ${++hits}`, { headers: { "content-type": "text/plain" } });
  const four = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch });
  const six = Bun.serve({ hostname: "::1", port: four.port!, fetch });
  return {
    port: four.port!,
    get hits() {
      return hits;
    },
    [Symbol.dispose]() {
      four.stop(true);
      six.stop(true);
    },
  };
}

const spellings = ["127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0", "2130706433", "0x7f.1", "127.1"];
const names = ["inside.test", "mixed.test"];

/** What is public at first, and inside from then on: of a range of v6 that nobody has. */
const rebound: Zone = (_, type, count) => {
  if (count === 1) return { addresses: type === "AAAA" ? ["2d00::1"] : [] };
  return { addresses: type === "A" ? ["127.0.0.1"] : [] };
};

const zone: Zone = (name, type, count) => {
  if (name.startsWith("rebound")) return rebound(name, type, count);
  const v4 = {
    "inside.test": ["127.0.0.1"],
    "mixed.test": ["93.184.216.34", "127.0.0.1"],
    "entry.test": ["127.0.0.1"],
  };
  const known = v4[name as keyof typeof v4];
  return known ? { addresses: type === "A" ? known : [] } : { code: 3 };
};

/** Every way by which somebody outside can name an address that is fetched; `base_url` has `test/routes/callers-server`. */
const doors: Readonly<Record<string, (app: TestApp, url: string) => Promise<unknown>>> = {
  read: ({ services }, url) =>
    services.webSearch.read(url, new AbortController().signal).then(
      ({ text }) => text,
      (thrown: ApiError) => thrown.reason,
    ),
  image_url: (app, url) => post(app, JSON.stringify(asking([{ type: "image_url", image_url: { url } }]))),
  media_url(app, url) {
    const form = new FormData();
    form.append("json", JSON.stringify(asking("Look")));
    form.append("media_url", url);
    return post(app, form);
  },
  async downloads(app, url) {
    const form = new FormData();
    form.append("files", new File([JSON.stringify([{ url }])], "downloads.json"));
    const answer = await app.get("/backend-api/v2/files/b", { method: "POST", body: form });
    const { files = [], skipped = [] } = await answer.json();
    return files.length > 0 ? files : skipped.length > 0 ? "address_not_allowed" : "nothing";
  },
};

const asking = (content: unknown) => ({ model: "m", messages: [{ role: "user", content }] });

async function post(app: TestApp, body: BodyInit): Promise<unknown> {
  const answer = await app.get("/backend-api/v2/conversation", { method: "POST", body });
  return answer.ok ? answer.text() : (await answer.json()).error.code;
}

test("a server inside is asked by no door, whatever it is called and whoever leads there", async () => {
  using canary = openCanary();
  const { port } = canary;
  using entry = openUpstream(({ path }) =>
    path === "/robots.txt" ? answer(404, "") : answer(302, "", { location: decodeURIComponent(path.slice(1)) }),
  );
  const inside = [...spellings, ...names].map((host) => `http://${host}:${port}/page`);
  const entryHost = `entry.test:${new URL(entry.origin).port}`;
  const ledThere = [inside[0]!, inside[2]!, inside[8]!].map((url) => `http://${entryHost}/${encodeURIComponent(url)}`);
  const addresses = [...inside, ...ledThere, `http://user:word@${entryHost}/x`];

  await using nameServer = await openNameServer(zone);
  const found = [...addresses, `http://rebound.test:${port}/page`];
  await using engine = openSmallWeb({
    finds: found.map((url, n) => ({ url, title: `Page ${n}`, content: `Shown of ${n}.` })),
  });
  await using routed = await openRouted([() => openaiText("Answered")], {
    settings: {
      searxng_url: engine.settings.searxng_url,
      search_results: 20,
      search_timeout: 4,
      dns_servers: [nameServer.address],
      allowed_hosts: [entryHost],
      // So that the guard is met by the page itself: what cannot be asked for its rules is left alone.
      robots: false,
    },
  });

  // At first nobody is there, which takes seconds to tell; then it is refused.
  const rebinding = Object.entries(doors).map(async ([name, enter]) => {
    const url = `http://rebound-${name.replace("_", "-")}.test:${port}/page`;
    expect(await enter(routed.app, url)).toBeOneOf(["fetch_failed", "address_not_allowed"]);
    expect([name, await enter(routed.app, url)]).toEqual([name, "address_not_allowed"]);
  });
  const events = await readEvents(
    await routed.app.post({ model: "m", web_search: true, messages: [{ role: "user", content: "What is inside?" }] }),
  );
  const [{ content }] = JSON.parse(routed.upstreams[0]?.requests[0]?.body ?? "").messages;
  // What the engine shows of them is all that there is.
  expect(content).toContain("Shown of 0.");
  expect(content).not.toContain("landed");
  expect(logsOf(events).filter((log) => log.startsWith("web search: ")).length).toBeGreaterThan(inside.length);

  for (const [name, enter] of Object.entries(doors)) {
    for (const url of addresses)
      expect([name, url, await enter(routed.app, url)]).toEqual([name, url, "address_not_allowed"]);
  }
  await Promise.all(rebinding);
  expect(canary.hits).toBe(0);
  expect(routed.counts()).toEqual([1]);
});

test("each of these doors leads to where the operator allows it", async () => {
  using canary = openCanary();
  await using routed = await openRouted([() => openaiText("Answered")], {
    settings: { allowed_hosts: [`127.0.0.1:${canary.port}`], robots: false },
  });
  for (const [index, enter] of Object.values(doors).entries()) {
    await enter(routed.app, `http://127.0.0.1:${canary.port}/${index}.txt`);
    expect(canary.hits).toBe(index + 1);
  }
});
