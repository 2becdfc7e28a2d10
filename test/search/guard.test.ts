import { describe, expect, test } from "bun:test";
import { ApiError } from "../../src/protocol/errors.ts";
import { createGuard, parseAddress } from "../../src/search/guard.ts";
import { createResolve } from "../../src/search/resolve.ts";
import { spellings } from "../support/addresses.ts";
import { openNameServer, zoneOf } from "../support/name-server.ts";

const never = new AbortController().signal;

const names = {
  "public.test": ["93.184.216.34"],
  "both.test": ["93.184.216.34", "2606:4700::1"],
  "six.test": ["2606:4700::1"],
  "inside.test": ["10.1.2.3"],
  "mixed.test": ["93.184.216.34", "127.0.0.1"],
  "mixed-six.test": ["93.184.216.34", "::1"],
  "mapped.test": ["::ffff:808:808"],
  "nobody.test": [],
};

async function judge(address: string, allowedHosts: readonly string[] = []): Promise<readonly string[] | string> {
  await using server = await openNameServer(zoneOf(names));
  const guard = createGuard({ allowedHosts, resolve: createResolve([server.address]) });
  try {
    return await guard.judge(parseAddress(address), never);
  } catch (thrown) {
    if (!(thrown instanceof ApiError) || thrown.status !== 400) throw thrown;
    return thrown.message;
  }
}

const hidden = (host: string) =>
  `${host} is not fetched: no public address was found for it (is the name right, and the network there?); the operator can allow what lies inside in allowed_hosts`;

describe("the guard", () => {
  test("finds the addresses of a public host, v4 first", async () => {
    expect(await judge("http://public.test/")).toEqual(["93.184.216.34"]);
    expect(await judge("https://PUBLIC.test.:8443/a?b#c")).toEqual(["93.184.216.34"]);
    expect(await judge("http://both.test/")).toEqual(["93.184.216.34", "2606:4700::1"]);
    expect(await judge("http://six.test/")).toEqual(["2606:4700::1"]);
    expect(await judge("http://[2606:4700::1]/")).toEqual(["2606:4700::1"]);
    expect(await judge("http://pub\tlic.test/")).toEqual(["93.184.216.34"]);
  });

  test("refuses every other, however it is spelled", async () => {
    expect(spellings.length).toBeGreaterThan(66);
    for (const spelling of spellings) expect([spelling, await attempt(spelling)]).toEqual([spelling, "refused"]);
    async function attempt(spelling: string): Promise<unknown> {
      try {
        const said = await judge(spelling);
        return typeof said === "string" ? "refused" : said;
      } catch (thrown) {
        return thrown instanceof ApiError && thrown.reason === "address_not_allowed" ? "refused" : thrown;
      }
    }
  });

  test("says the same of a host inside, of one that there is not and of one that is both, and names no address", async () => {
    for (const host of ["inside.test", "absent.test", "mixed.test", "nobody.test", "localhost", "127.0.0.1", "[::1]"])
      expect(await judge(`http://${host}/secret?key=1`)).toBe(hidden(host));
    expect(await judge("http://inside.test:8080/")).toBe(hidden("inside.test:8080"));
  });

  test("asks once for each kind of address, and follows an alias to where it leads", async () => {
    await using server = await openNameServer((_, type) => ({
      alias: "elsewhere.test",
      addresses: type === "A" ? ["10.0.0.1"] : [],
    }));
    const guard = createGuard({ allowedHosts: [], resolve: createResolve([server.address]) });
    await expect(guard.judge(parseAddress("http://alias.test/"), never)).rejects.toThrow(hidden("alias.test"));
    expect(server.asked.toSorted()).toEqual(["A alias.test", "AAAA alias.test"]);
  });

  test("asks no name server for an address, or for this machine", async () => {
    await using server = await openNameServer(() => ({ addresses: ["93.184.216.34"] }));
    const guard = createGuard({ allowedHosts: ["localhost"], resolve: createResolve([server.address]) });
    expect(await guard.judge(parseAddress("http://localhost:1234/"), never)).toEqual(["127.0.0.1", "::1"]);
    expect(await guard.judge(parseAddress("http://1.1.1.1/"), never)).toEqual(["1.1.1.1"]);
    expect(server.asked).toEqual([]);
  });

  test("lets in what the operator allows, with that port alone where one is listed", async () => {
    expect(await judge("http://inside.test/", ["inside.test"])).toEqual(["10.1.2.3"]);
    expect(await judge("http://inside.test./", ["INSIDE.test."])).toEqual(["10.1.2.3"]);
    expect(await judge("https://inside.test/", ["inside.test:443"])).toEqual(["10.1.2.3"]);
    expect(await judge("http://inside.test:25/", ["inside.test:25"])).toEqual(["10.1.2.3"]);
    expect(await judge("http://[::1]:81/", ["[::1]:81"])).toEqual(["::1"]);
    expect(await judge("http://127.1/", ["127.0.0.1"])).toEqual(["127.0.0.1"]);
    expect(await judge("http://inside.test/", ["inside.test:443"])).toBe(hidden("inside.test"));
    expect(await judge("http://inside.test:81/", ["inside.test:80"])).toBe(hidden("inside.test:81"));
    expect(await judge("http://a.inside.test/", ["inside.test"])).toBe(hidden("a.inside.test"));
    expect(await judge("http://10.1.2.3/", ["inside.test"])).toBe(hidden("10.1.2.3"));
    expect(await judge("http://nobody.test/", ["nobody.test"])).toBe(hidden("nobody.test"));
    expect(await judge("file://inside.test/", ["inside.test"])).toBe("only http and https addresses are fetched");
    expect(await judge("http://a@inside.test/", ["inside.test"])).toContain("name or password");
  });

  test("waits for a silent name server no longer than it is asked to", async () => {
    await using server = await openNameServer(() => undefined);
    const guard = createGuard({ allowedHosts: [], resolve: createResolve([server.address]) });
    const controller = new AbortController();
    const judged = guard.judge(parseAddress("http://silent.test/"), controller.signal);
    while (server.asked.length < 2) await Bun.sleep(1);
    controller.abort(new Error("enough"));
    await expect(judged).rejects.toThrow("enough");
  });

  test("asks the system's name servers where no others are set", async () => {
    const guard = createGuard({ allowedHosts: [], resolve: createResolve([]) });
    await expect(guard.judge(parseAddress("http://nobody.invalid/"), never)).rejects.toThrow(hidden("nobody.invalid"));
  });
});
