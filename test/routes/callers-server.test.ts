import { describe, expect, test } from "bun:test";
import { openApp, type TestApp } from "../support/app.ts";
import { assertRun, readEvents, textOf } from "../support/events.ts";
import { type NameServer, openNameServer, type Zone, zoneOf } from "../support/name-server.ts";
import { logsOf } from "../support/routed.ts";
import { answer, openaiText, openUpstream, type Script, type ScriptedUpstream } from "../support/scripted-upstream.ts";

const messages = [{ role: "user", content: "Hello" }];
const secrets = { key: "operator-key-0123", header: "operator-header-0123" };

const fine: Script = ({ path }) =>
  path.endsWith("/models") ? answer(200, { data: [{ id: "text-embedding-3" }, { id: "own-1" }] }) : openaiText("mine");

interface Setting extends AsyncDisposable {
  readonly app: TestApp;
  /** The operator's, with a key and a header. */
  readonly ours: ScriptedUpstream;
  /** The caller's, which the operator allows at `own.test`. */
  readonly theirs: ScriptedUpstream;
  readonly nameServer: NameServer;
  /** Under the name, with its port. */
  readonly address: string;
  ask(body: object): Promise<Response>;
}

async function open(
  script: Script = fine,
  { zone, settings = {} }: { zone?: Zone; settings?: object } = {},
): Promise<Setting> {
  const ours = openUpstream(() => openaiText("ours"));
  const theirs = openUpstream(script);
  const { port } = new URL(theirs.origin);
  const nameServer = await openNameServer(zone ?? zoneOf({ "own.test": ["127.0.0.1"], "inside.test": ["127.0.0.1"] }));
  const entry = (name: string, type: string) => ({
    name,
    type,
    base_url: ours.origin,
    api_key: secrets.key,
    models: ["m"],
    headers: { "x-operator": secrets.header },
  });
  const app = await openApp({
    yaml: Bun.YAML.stringify({
      ...settings,
      allowed_hosts: [`own.test:${port}`],
      dns_servers: [nameServer.address],
      providers: [entry("Custom", "custom"), entry("Other", "openai")],
    }),
  });
  return {
    app,
    ours,
    theirs,
    nameServer,
    address: `http://own.test:${port}/v1`,
    ask: (body) => app.post({ messages, provider: "Custom", model: "own-1", ...body }),
    async [Symbol.asyncDispose]() {
      await app[Symbol.asyncDispose]();
      await nameServer[Symbol.asyncDispose]();
      ours[Symbol.dispose]();
      theirs[Symbol.dispose]();
    },
  };
}

const refusal = async (response: Response) => [response.status, (await response.json()).error.code];

describe("a server of the caller's own", () => {
  test("answers, with the caller's key and nothing of the operator's", async () => {
    await using it = await open();
    const events = await readEvents(await it.ask({ base_url: it.address, api_key: "callers-key-0123" }));
    assertRun(events);
    expect(textOf(events)).toBe("mine");
    const [request] = it.theirs.requests;
    expect(request?.path).toBe("/v1/chat/completions");
    expect(request?.headers).toMatchObject({
      host: new URL(it.address).host,
      authorization: "Bearer callers-key-0123",
    });
    const sent = JSON.stringify(it.theirs.requests);
    for (const secret of Object.values(secrets)) expect(sent).not.toContain(secret);
    expect(it.ours.requests).toEqual([]);
  });

  test("is asked without any key where the caller sends none, or one for somebody else", async () => {
    await using it = await open();
    const keys = [undefined, null, "", {}, { Custom: null }, { Other: "callers-key-0123" }];
    for (const api_key of keys) {
      const asked = await readEvents(await it.ask({ base_url: `${it.address}/`, api_key }));
      expect(textOf(asked)).toBe("mine");
    }
    expect(it.theirs.requests).toHaveLength(keys.length);
    for (const { headers, path } of it.theirs.requests) {
      expect(Object.keys(headers)).not.toContain("authorization");
      expect(path).toBe("/v1/chat/completions");
    }
    const named = await it.ask({ api_base: it.address, base_url: null, api_key: { custom: "callers-key-0123" } });
    expect(textOf(await readEvents(named))).toBe("mine");
    expect(it.theirs.requests.at(-1)?.headers.authorization).toBe("Bearer callers-key-0123");
  });

  test("is asked for facts, too, rather than a provider of the operator's of the same name", async () => {
    await using it = await open(fine, { settings: { memory_extract: true } });
    await readEvents(await it.ask({ base_url: it.address, api_key: "callers-key-0123", memory: true }));
    while (it.theirs.requests.length + it.ours.requests.length < 2) await Bun.sleep(5);
    expect(it.ours.requests).toEqual([]);
    expect(it.theirs.requests.map(({ headers }) => headers.authorization)).toEqual([
      "Bearer callers-key-0123",
      "Bearer callers-key-0123",
    ]);
    expect(it.theirs.requests.at(-1)?.body).toContain("Hello");
  });

  test("goes with its provider alone: what is meant for it is never sent to another", async () => {
    await using it = await open();
    for (const provider of ["Other Custom", ["Custom", "Other"]])
      expect(await refusal(await it.ask({ provider, base_url: it.address }))).toEqual([400, "invalid_request"]);
    for (const base_url of [5, {}, [], true])
      expect(await refusal(await it.ask({ base_url }))).toEqual([400, "invalid_request"]);
    for (const base_url of [`${it.address}?a=b`, `${it.address}#a`])
      expect(await refusal(await it.ask({ base_url }))).toEqual([400, "invalid_request"]);
    expect(await refusal(await it.ask({ provider: it.address }))).toEqual([404, "provider_not_found"]);
    expect(it.ours.requests).toEqual([]);
    for (const provider of [undefined, null, "", "AnyProvider", "Other"]) {
      const events = await readEvents(await it.ask({ provider, model: "m", base_url: it.address }));
      expect(textOf(events)).toBe("ours");
      expect(logsOf(events)).toContain("base_url was not used: it goes with the provider Custom alone");
    }
    expect(it.theirs.requests).toEqual([]);
  });

  test("is refused before anything is sent where the guard does not let it pass", async () => {
    await using it = await open();
    let hits = 0;
    using canary = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: () => new Response(`landed ${++hits}`) });
    const { port } = canary;
    const { port: allowed } = new URL(it.address);
    const addresses = [
      ...["127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "0.0.0.0", "2130706433", "0x7f.1", "inside.test"].map(
        (host) => `http://${host}:${port}/v1`,
      ),
      `http://own.test:${port}/v1`,
      `http://127.0.0.1:${allowed}/v1`,
      `http://inside.test:${allowed}/v1`,
      `http://user:word@own.test:${allowed}/v1`,
      "http://absent.test/v1",
      "file:///etc",
      "own.test",
      "/v1",
      "data:,x",
      "http://169.254.169.254/latest",
    ];
    for (const base_url of addresses)
      expect([base_url, await refusal(await it.ask({ base_url }))]).toEqual([base_url, [400, "address_not_allowed"]]);
    expect(hits).toBe(0);
    expect([it.ours.requests, it.theirs.requests]).toEqual([[], []]);
  });

  test("is looked up once for the whole run, and asked at that address whatever its name means by then", async () => {
    await using it = await open(fine, {
      zone: (_, type, count) => ({ addresses: type === "AAAA" ? [] : [count === 1 ? "127.0.0.1" : "127.0.0.2"] }),
    });
    let hits = 0;
    const listening = { hostname: "127.0.0.2", port: Number(new URL(it.address).port) };
    using _ = Bun.serve({ ...listening, fetch: () => new Response(`landed ${++hits}`) });
    const events = await readEvents(await it.ask({ base_url: it.address, model: null }));
    expect(textOf(events)).toBe("mine");
    expect(events[0]).toMatchObject({ type: "provider", provider: { name: "Custom", model: "own-1" } });
    expect(it.theirs.requests.map(({ path }) => path)).toEqual(["/v1/models", "/v1/chat/completions"]);
    expect(it.nameServer.asked.toSorted()).toEqual(["A own.test", "AAAA own.test"]);
    expect(hits).toBe(0);
  });

  test("sends on to nobody", async () => {
    let hits = 0;
    using canary = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: () => new Response(`landed ${++hits}`) });
    for (const status of [300, 301, 302, 303, 305, 307, 308]) {
      await using it = await open(() => answer(status, "", { location: `http://127.0.0.1:${canary.port}/` }));
      const events = await readEvents(await it.ask({ base_url: it.address }));
      expect(events.some(({ type }) => type === "error")).toBe(true);
      expect(await refusal(await it.ask({ base_url: it.address, model: "" }))).toEqual([404, "model_not_found"]);
    }
    expect(hits).toBe(0);
  });

  test("passes no proxy", async () => {
    using proxy = openUpstream(() => openaiText("proxied"));
    await using it = await open();
    process.env.http_proxy = proxy.origin;
    try {
      const direct: BunFetchRequestInit = { proxy: false };
      const asked = await it.app.post({ messages, provider: "Custom", base_url: it.address }, direct);
      expect(textOf(await readEvents(asked))).toBe("mine");
    } finally {
      delete process.env.http_proxy;
    }
    expect(proxy.requests).toEqual([]);
  });

  test("changes nothing for the operator's when it fails", async () => {
    await using it = await open(() => answer(500, { error: { message: "broken" } }));
    for (let count = 0; count < 3; count++) await readEvents(await it.ask({ base_url: it.address }));
    const infos: { name: string; status: string; errors: number }[] = await (
      await it.app.get("/backend-api/v2/providers")
    ).json();
    expect(infos.find(({ name }) => name === "Custom")).toMatchObject({ status: "unknown", last_error: null });
    const listed = await (await it.app.get("/backend-api/v2/models/Custom")).json();
    expect(JSON.stringify(listed)).not.toContain("own-1");
    expect(textOf(await readEvents(await it.ask({ model: "m" })))).toBe("ours");
  });

  test("that cannot be asked for its models is to be told one", async () => {
    await using it = await open(() => ["reset"]);
    expect(await refusal(await it.ask({ base_url: it.address, model: "auto" }))).toEqual([404, "model_not_found"]);
    await using none = await open(() => answer(200, { data: [{ id: "x".repeat(1000) }, { id: "text-embedding-3" }] }));
    expect(await refusal(await none.ask({ base_url: none.address, model: "auto" }))).toEqual([404, "model_not_found"]);
  });
});

test("no other field chooses where a key is sent, or what goes along", async () => {
  await using it = await open();
  const there = it.address;
  const fields = {
    api_endpoint: there,
    proxy: there,
    url: there,
    host: there,
    headers: { "x-evil": "1", authorization: "Bearer evil" },
    extra_body: { evil: 1 },
    extra_headers: { "x-evil": "1" },
    default_headers: { "x-evil": "1" },
  };
  const events = await readEvents(await it.ask({ provider: "Other", model: "m", ...fields }));
  expect(textOf(events)).toBe("ours");
  expect(it.theirs.requests).toEqual([]);
  const [request] = it.ours.requests;
  expect(request?.headers.authorization).toBe(`Bearer ${secrets.key}`);
  expect(`${JSON.stringify(request?.headers)}${request?.body}`).not.toMatch(/evil|own\.test/);
});
