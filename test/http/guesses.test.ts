import { expect, test } from "bun:test";
import { openApp, type TestApp } from "../support/app.ts";
import { openChannel } from "../support/channel.ts";
import { makeKey } from "../support/keys.ts";

const runsPath = "/backend-api/v2/runs";
const status = async (app: TestApp, path: string, headers: Record<string, string> = {}) =>
  (await app.get(path, { headers })).status;
const from = (address: string, headers: Record<string, string>) => ({ ...headers, "x-forwarded-for": address });

test("wrong keys are counted whatever carries them, and no right one is refused for them", async () => {
  let now = Date.now();
  await using app = await openApp({ clock: () => now });
  const { key, headers } = await makeKey(app, "ann");
  const carriers: ((wrong: string) => Promise<number>)[] = [
    (wrong) => status(app, runsPath, { authorization: `Bearer ${wrong}` }),
    (wrong) => status(app, runsPath, { "x-api-key": wrong }),
    (wrong) => status(app, "/v1beta/models", { "x-goog-api-key": wrong }),
    (wrong) => status(app, `/v1beta/models?key=${wrong}`),
    // Whether it was right, what is open says as well.
    (wrong) => status(app, "/backend-api/v2/session", { "x-api-key": wrong }),
  ];
  for (let count = 0; count < 100; count++) {
    const carried = await carriers[count % carriers.length]?.(`wrong-${count}`);
    expect(carried).toBe(count % carriers.length === 4 ? 200 : 401);
  }
  const socket = openChannel(app.origin, { protocols: ["backend.v2", "bearer.wrong-100"] });
  await expect(socket).rejects.toThrow();
  const refused = await app.get(runsPath, { headers: { "x-api-key": "wrong-101" } });
  expect([refused.status, refused.headers.get("retry-after")]).toEqual([429, "60"]);
  expect(await refused.json()).toMatchObject({ error: { code: "rate_limited" } });
  expect(await status(app, runsPath, headers)).toBe(200);
  expect(await status(app, "/backend-api/v2/version", { "x-api-key": "wrong-102" })).toBe(200);
  expect(await status(app, runsPath)).toBe(401);
  const body = JSON.stringify({ key });
  expect((await app.get("/backend-api/v2/session", { method: "POST", body })).status).toBe(200);
  now += 60_001;
  expect(await status(app, runsPath, { "x-api-key": "wrong-103" })).toBe(401);
});

test("the same wrong key over and over is no guess, and what is none is refused as such", async () => {
  await using app = await openApp();
  await makeKey(app, "ann");
  for (let count = 0; count < 120; count++)
    expect(await status(app, runsPath, { authorization: "Bearer revoked-long-ago" })).toBe(401);
});

test("addresses are held back each alone, IPv6 by /64, as a trusted proxy tells them", async () => {
  await using app = await openApp({ flags: { trusted_proxies: "loopback" } });
  await makeKey(app, "ann");
  const signIn = async (address: string, key: string) => {
    const init = { method: "POST", body: JSON.stringify({ key }), headers: from(address, {}) };
    return (await app.get("/backend-api/v2/session", init)).status;
  };
  const guess = async (address: (count: number) => string) => {
    const statuses = new Set<number>();
    for (let count = 0; count < 11; count++) statuses.add(await signIn(address(count), `wrong ${count}`));
    return [...statuses];
  };
  expect(await guess(() => "192.0.2.1")).toEqual([401, 429]);
  expect(await guess((count) => `2001:db8:1:2::${count}`)).toEqual([401, 429]);
  expect(await guess((count) => `2001:db8:9:${count}::1`)).toEqual([401]);
  expect(await guess((count) => `6.6.6.${count}, 192.0.2.2`)).toEqual([401, 429]);
  expect(await signIn("192.0.2.3", "wrong")).toBe(401);
  const told = app.logged.filter((line) => line.includes("many wrong keys"));
  expect(told.map((line) => JSON.parse(line).address)).toEqual(["192.0.2.1", "2001:db8:1:2::/64", "192.0.2.2"]);
});

test("a settings' key that is short enough to be found is not looked at while somebody tries", async () => {
  let now = Date.now();
  await using app = await openApp({ flags: { access_key: "short", trusted_proxies: "loopback" }, clock: () => now });
  const send = (address: string, key: string) => status(app, runsPath, from(address, { "x-api-key": key }));
  expect(await send("192.0.2.1", "short")).toBe(200);
  for (let count = 0; count < 11; count++) await send("192.0.2.1", `wrong-${count}`);
  expect(await send("192.0.2.1", "short")).toBe(401);
  expect(await send("192.0.2.2", "short")).toBe(200);
  now += 60_001;
  expect(await send("192.0.2.1", "short")).toBe(200);
});

test("who sends a wrong key is told that it is wrong, not that one is missing", async () => {
  await using app = await openApp();
  await makeKey(app, "ann");
  const told = async (headers: Record<string, string>) => (await app.get(runsPath, { headers })).text();
  expect(await told({})).toContain("this server needs an access key");
  expect(await told({ "x-api-key": "wrong" })).toContain("this is no key of this server");
});
