import { describe, expect, test } from "bun:test";
import { openApp, providerYaml, type TestApp } from "../support/app.ts";
import { openChannel } from "../support/channel.ts";
import { cookieOf } from "../support/cookie.ts";
import { makeKey } from "../support/keys.ts";
import { openaiText, openUpstream } from "../support/scripted-upstream.ts";

const runsPath = "/backend-api/v2/runs";

const ask = (app: TestApp, path: string, headers: Record<string, string> = {}) => app.get(path, { headers });
const limitsOf = ({ headers }: Response, prefix: string) =>
  Object.fromEntries([...headers].filter(([name]) => name.startsWith(prefix)));

describe("a key's requests", () => {
  test("are refused beyond its rate, and come back in time; others' are not", async () => {
    let now = Date.now();
    await using app = await openApp({ clock: () => now });
    const [ann, bob] = [await makeKey(app, "ann", { requests_per_minute: 3 }), await makeKey(app, "bob")];
    for (const left of ["2", "1", "0"]) {
      const asked = await ask(app, runsPath, ann.headers);
      expect([asked.status, asked.headers.get("x-ratelimit-remaining")]).toEqual([200, left]);
    }
    const refused = await ask(app, runsPath, ann.headers);
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([429, "20"]);
    expect(limitsOf(refused, "x-ratelimit")).toEqual({
      "x-ratelimit-limit": "3",
      "x-ratelimit-remaining": "0",
      "x-ratelimit-reset": "60",
    });
    expect(await refused.json()).toMatchObject({ error: { code: "rate_limited" } });
    const free = await ask(app, runsPath, bob.headers);
    expect([free.status, limitsOf(free, "x-ratelimit")]).toEqual([200, {}]);
    // What is open to anybody is, also with a key.
    for (const path of ["/", "/healthz", "/backend-api/v2/version", "/backend-api/v2/session"])
      expect((await ask(app, path, ann.headers)).status).toBe(200);
    await expect(openChannel(app.origin, { headers: ann.headers })).rejects.toThrow();
    now += 20_000;
    expect((await ask(app, runsPath, ann.headers)).status).toBe(200);
    expect((await ask(app, runsPath, ann.headers)).status).toBe(429);
    await app.services.store.accessKeys.update(ann.id, { requests_per_minute: 0 });
    expect((await ask(app, runsPath, ann.headers)).status).toBe(200);
  });

  test("are told in the words of the API that is asked", async () => {
    let now = Date.UTC(2026, 0, 1);
    await using app = await openApp({ clock: () => now, flags: { rate_requests: "2" } });
    const { headers } = await makeKey(app, "ann");
    expect(limitsOf(await ask(app, "/v1/models", headers), "x-ratelimit-")).toMatchObject({
      "x-ratelimit-limit-requests": "2",
      "x-ratelimit-remaining-requests": "1",
      "x-ratelimit-reset-requests": "30s",
    });
    const theirs = { ...headers, "anthropic-version": "2023-06-01" };
    expect(limitsOf(await ask(app, "/v1/models", theirs), "anthropic-")).toEqual({
      "anthropic-ratelimit-requests-limit": "2",
      "anthropic-ratelimit-requests-remaining": "0",
      "anthropic-ratelimit-requests-reset": "2026-01-01T00:01:00.000Z",
    });
    const refused = await ask(app, "/v1/models", theirs);
    expect([refused.status, await refused.json()]).toMatchObject([
      429,
      { type: "error", error: { type: "rate_limit_error" } },
    ]);
    expect(await (await ask(app, "/v1/models", headers)).json()).toMatchObject({
      error: { code: "rate_limit_exceeded" },
    });
    now += 30_000;
    expect((await ask(app, "/v1/models", headers)).status).toBe(200);
  });

  test("have the settings' rate where the key has none, also with the settings' key and a browser's session", async () => {
    await using app = await openApp({ flags: { access_key: "the-setting-key-0123", rate_requests: "2" } });
    const admin = { authorization: "Bearer the-setting-key-0123" };
    const unlimited = await makeKey(app, "ann", { requests_per_minute: 0 });
    const statuses = async (headers: Record<string, string>) =>
      [await ask(app, runsPath, headers), await ask(app, runsPath, headers), await ask(app, runsPath, headers)].map(
        ({ status }) => status,
      );
    expect(await statuses(admin)).toEqual([200, 200, 429]);
    expect(await statuses(unlimited.headers)).toEqual([200, 200, 200]);
    const { key } = await makeKey(app, "bob");
    const body = JSON.stringify({ key });
    const signedIn = await app.get("/backend-api/v2/session", { method: "POST", body });
    const cookie = cookieOf(signedIn);
    expect(await statuses({ cookie })).toEqual([200, 200, 429]);
  });
});

describe("a key's answers", () => {
  const chat = { model: "m", provider: "Work", messages: [{ role: "user", content: "Hello" }] };

  test("are as many at once as it may have, and leave room for others'", async () => {
    const { promise: whenAllowed, resolve: allow } = Promise.withResolvers<void>();
    using upstream = openUpstream(() => [{ until: whenAllowed }, ...openaiText("Hello")]);
    const yaml = providerYaml({ name: "Work", origin: upstream.origin });
    await using app = await openApp({ yaml, flags: { max_runs: "3" } });
    const [ann, bob] = [await makeKey(app, "ann", { max_runs: 2 }), await makeKey(app, "bob")];
    const running = [await app.post(chat, { headers: ann.headers }), await app.post(chat, { headers: ann.headers })];
    const refused = await app.post(chat, { headers: ann.headers });
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([429, "1"]);
    expect(await refused.json()).toMatchObject({ error: { code: "too_many_runs" } });
    using channel = await openChannel(app.origin, { headers: ann.headers });
    channel.send({ op: "run", id: "c", request: chat });
    expect(await channel.find(({ id }) => id === "c")).toMatchObject({ error: { code: "too_many_runs" } });
    running.push(await app.post(chat, { headers: bob.headers }));
    allow();
    for (const each of running) expect(await each.text()).toContain('"reason"');
    expect((await app.post(chat, { headers: ann.headers })).status).toBe(200);
  });

  test("are as many a minute as it may have; what fails to begin frees its place", async () => {
    let now = Date.now();
    using upstream = openUpstream(() => openaiText("Hello"));
    const yaml = providerYaml({ name: "Work", origin: upstream.origin });
    const flags = { rate_runs: "3", max_runs_per_key: "1" } as const;
    await using app = await openApp({ yaml, flags, clock: () => now });
    const { headers } = await makeKey(app, "ann");
    const start = async (body: object) => {
      const response = await app.post(body, { headers });
      await response.text();
      return response.status;
    };
    expect(await start({ ...chat, provider: "Nobody" })).toBe(404);
    expect([await start(chat), await start(chat), await start(chat)]).toEqual([200, 200, 429]);
    now += 20_000;
    expect(await start(chat)).toBe(200);
    // Nobody is held to anything without a key.
    await using open = await openApp({ yaml, flags: { ...flags, rate_requests: "1" } });
    for (let count = 0; count < 4; count++) expect((await open.get(runsPath)).status).toBe(200);
  });
});
