import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { openApp } from "../support/app.ts";
import { openChannel } from "../support/channel.ts";
import { eachOf, type House, methodOf, openHouse } from "./house.ts";

let house: House;
beforeAll(async () => void (house = await openHouse()));
afterAll(() => house[Symbol.asyncDispose]());

/** What is not the page of `http://127.0.0.1:<port>`, however near to it. */
const foreign: Readonly<Record<string, (host: string, name: string, port: string) => string>> = {
  "nobody's": () => "null",
  "another's": () => "https://elsewhere.example",
  "a name that begins as ours": (host) => `http://${host}.elsewhere.example`,
  "a name that ends as ours": (host) => `http://elsewhere-${host}`,
  "a name below ours": (host) => `http://a.${host}`,
  "another port": (_, name) => `http://${name}:1`,
  "no port": (_, name) => `http://${name}`,
  "a port that begins as ours": (host) => `http://${host}0`,
  "another name of this machine": (_, __, port) => `http://localhost:${port}`,
  "our name as a user": (host) => `http://${host}@elsewhere.example`,
  "our name as a password": (host) => `http://a:${host}@elsewhere.example`,
  "a user before our name": (host) => `http://elsewhere.example@${host}`,
  "a path after our name": (host) => `http://${host}/elsewhere`,
  "another scheme": (host) => `ftp://${host}`,
  "no scheme": (host) => host,
  "a script's scheme": (host) => `javascript://${host}`,
  "a file": () => "file://",
  "an extension": () => "chrome-extension://abcdefghijklmnop",
  "a full stop at its end": (_, name, port) => `http://${name}.:${port}`,
  "letters of full width": (_, name, port) => `http://${name.replaceAll(".", "%E3%80%82")}:${port}`,
  "an address in another form": (_, __, port) => `http://2130706433:${port}`,
  "another case": (host) => `HTTP://${host}`,
  "two of them": (host) => `http://${host} https://elsewhere.example`,
  "two of them, with a comma": (host) => `http://${host},https://elsewhere.example`,
  nothing: () => "",
};

const origins = () => {
  const { host, hostname, port } = new URL(house.app.origin);
  return Object.entries(foreign).map(([name, toOrigin]) => ({ name, origin: toOrigin(host, hostname, port) }));
};

describe("a page of another origin", () => {
  test("changes nothing, by any route, with a key or a session", async () => {
    const changing = house.routes.filter((route) => methodOf(route) !== "GET" || route.startsWith("WS"));
    expect(changing.length).toBeGreaterThan(40);
    const passed: string[] = [];
    const asked = changing.flatMap((route) => origins().map((each) => ({ route, ...each })));
    await eachOf(asked, async ({ route, name, origin }) => {
      for (const headers of [house.keys.boss.headers, { cookie: house.cookies.boss }] as Record<string, string>[]) {
        const answer = await house.ask(route, house.owned.things, { headers: { ...headers, origin } });
        const text = await answer.text();
        if (answer.status !== 403 || (!text.includes("may not call") && !text.includes("own pages alone")))
          passed.push(`${route} ${name} ${origin}: ${answer.status}`);
      }
    });
    expect(passed).toEqual([]);
  });

  test("opens no channel", async () => {
    for (const { origin } of origins())
      for (const headers of [house.keys.ann.headers, { cookie: house.cookies.ann }] as Record<string, string>[])
        await expect(openChannel(house.app.origin, { headers: { ...headers, origin } })).rejects.toThrow();
  });

  test("is told nothing of what it embeds, and nothing is paid for it", async () => {
    for (const route of ["GET /backend-api/v2/create", "GET /backend-api/v2/synthesize/:provider"])
      for (const site of ["cross-site", "same-site"]) {
        const headers = { "sec-fetch-site": site, cookie: house.cookies.ann };
        const { status } = await house.ask(route, house.owned.things, { query: "?prompt=Hi&text=Hi", headers });
        expect([route, site, status]).toEqual([route, site, 403]);
      }
  });

  test("is allowed to read nothing that needs a key", async () => {
    const told: string[] = [];
    await eachOf(house.routes, async (route) => {
      const { headers } = await house.ask(route, house.owned.missing, {
        method: methodOf(route) === "GET" ? "GET" : "OPTIONS",
        headers: { ...house.keys.ann.headers, origin: "https://elsewhere.example" },
      });
      const allowed = headers.get("access-control-allow-origin");
      if (allowed !== null && !route.startsWith("GET /assets/")) told.push(`${route}: ${allowed}`);
    });
    expect(told).toEqual([]);
  });
});

test("a name that was made to resolve to this machine opens nothing where there is no key", async () => {
  await using app = await openApp();
  const { port } = new URL(app.origin);
  const names = [
    `elsewhere.example:${port}`,
    `127.0.0.1.elsewhere.example:${port}`,
    `localhost.elsewhere.example`,
    `127.0.0.1@elsewhere.example`,
    `xlocalhost:${port}`,
    "0x7f.1.example",
  ];
  const passed: string[] = [];
  const asked = house.routes.flatMap((route) => names.map((host) => ({ route, host })));
  await eachOf(asked, async ({ route, host }) => {
    const path = (route.split(" ")[1] ?? "").replaceAll("*", "m");
    const answer = await app.get(path, { method: methodOf(route), headers: { host } });
    await answer.text();
    if (answer.status !== 403) passed.push(`${route} ${host}: ${answer.status}`);
  });
  expect(passed).toEqual([]);
});
