import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { findCanaries, findInFolder } from "./canaries.ts";
import { type CanaryHouse, openCanaryHouse } from "./canary-house.ts";

describe.skipIf(process.platform === "win32")("a secret, wherever it came in,", () => {
  let house: CanaryHouse;
  beforeAll(async () => {
    house = openCanaryHouse();
    await house.serve("json");
    await house.serve("pretty");
    await Promise.all(
      [
        ["config", "print"],
        ["config", "print", "--origins"],
        ["config", "print", "--json"],
        ["config", "validate"],
        ["doctor", "--json"],
        ["keys", "list", "--json"],
        ["usage", "--json"],
        ["backup", join(house.home, "all.tar")],
        ["export", join(house.home, "ann.jsonl"), "--owner", "ann"],
      ].map((args) => house.command(...args)),
    );
  }, 60_000);
  afterAll(() => house[Symbol.dispose]());

  test("went where it should", () => {
    const found = findCanaries(house.sent(), house.canaries);
    expect(found).toEqual(
      expect.arrayContaining([
        "file_key",
        "file_header",
        "file_path",
        "environment_key",
        "keyfile_key",
        "body_key",
        "custom_key",
        "cookie",
        "mcp_header",
        "mcp_path",
        "mcp_query",
        "update_query",
        "searxng_path",
        "header_key",
      ]),
    );
    expect(house.told.size).toBeGreaterThan(200);
    expect(readdirSync(house.home)).toEqual(expect.arrayContaining(["json.log", "pretty.log", "all.tar"]));
  });

  test("is in no answer, event, trace, or line of the log, nor in what commands print", () => {
    const found = [...house.told].flatMap(([what, bytes]) =>
      findCanaries(bytes, house.canaries).map((entry) => `${what}: ${entry}`),
    );
    // What an operator wrote into a program's arguments stands there.
    expect(
      found.filter((each) => each !== "json: arguments: mcp_args" && each !== "pretty: arguments: mcp_args"),
    ).toEqual([]);
  });

  test("is in no file of the data directory, nor in a backup or an export", () => {
    expect(house.inFolder).toEqual([]);
    expect(findInFolder(house.data, house.canaries)).toEqual([]);
    for (const name of readdirSync(house.home).filter((each) => /tar|jsonl/.test(each)))
      expect([name, findCanaries(readFileSync(join(house.home, name)), house.canaries)]).toEqual([name, []]);
  });

  test("would be found in any of its spellings", () => {
    const value = house.canaries.get("file_key") ?? "";
    const spelled = [
      value,
      btoa(value),
      btoa(`x:${value}`),
      btoa(`xy:${value}`),
      Buffer.from(value).toString("hex"),
      JSON.stringify({ value }),
    ];
    for (const text of spelled) expect(findCanaries(Buffer.from(text), house.canaries)).toEqual(["file_key"]);
    expect(findCanaries(Buffer.from(value, "utf16le"), house.canaries)).toEqual(["file_key"]);
  });
});
