import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { TSchema } from "@sinclair/typebox";
import manifest from "../package.json" with { type: "json" };
import { createApp } from "../src/app.ts";
import { Settings, settingNames } from "../src/config/settings.ts";
import { help } from "../src/help/index.ts";
import { addressGaps } from "../src/providers/address.ts";
import type { Adapter } from "../src/providers/provider.ts";
import { adapters } from "../src/providers/registry.ts";
import { openApp } from "./support/app.ts";
import { fromSource, root, runCommand, type RunningServer, startServer } from "./support/command.ts";
import { openSmallWeb, page } from "./support/small-web.ts";
import { openaiText, openUpstream } from "./support/scripted-upstream.ts";

const readme = readFileSync(join(root, "README.md"), "utf8");
const map = readFileSync(join(root, "src/README.md"), "utf8");

/** The rows of the table under a heading cell, its first cell without backticks. */
function tableRows(text: string, heading: string): string[][] {
  const lines =
    text
      .slice(text.search(new RegExp(`^\\| ${heading} `, "m")))
      .split("\n\n")[0]
      ?.split("\n") ?? [];
  return lines.slice(2).map((line) =>
    line
      .split(/(?<!\\)\|/)
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

const code = (cell = "") => [...cell.matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? "");
const blocks = [...readme.matchAll(/```sh\n([\s\S]*?)```/g)].map((match) => match[1]?.trim() ?? "");

describe("the README is true", () => {
  test("of the routes", async () => {
    await using app = await openApp();
    const assets = new Set(["/assets/:name", "/*"]);
    const routes = createApp(app.services).routes.filter(({ path }) => !assets.has(path));
    const named = tableRows(readme, "Route").flatMap(([cell]) => code(cell));
    expect(named.sort()).toEqual(
      routes
        .map(({ method, path }) => `${method.replace("WS", "GET")} ${path.length > 1 ? path.replace(/\/$/, "") : path}`)
        .sort(),
    );
    for (const route of named) expect(help + "GET / ").toContain(route.replaceAll(/:(\w+)/g, "<$1>"));
  });

  test("of the settings, their defaults and their meaning", () => {
    const rows = tableRows(readme, "Setting").map(([name, value, meaning]) => [
      ...code(name),
      code(value)[0] ?? "",
      meaning,
    ]);
    const shown = (schema: TSchema) =>
      Array.isArray(schema.default) ? schema.default.join(",") : String(schema.default);
    expect(rows).toEqual(
      settingNames.map((name) => [name, shown(Settings.properties[name]), Settings.properties[name].description]),
    );
  });

  test("of the providers and their variables", () => {
    const rows = tableRows(readme, "Provider").map(([name, variables]) => [...code(name), ...code(variables)]);
    const gaps = ({ addressPattern = "" }: Adapter) => addressGaps(addressPattern);
    expect(rows).toEqual(
      adapters.map((each) => [each.name, ...new Set([...each.keyNames, ...gaps(each), ...each.addressNames])]),
    );
    // What is found on this machine wants no variable.
    for (const each of adapters.filter(({ localAddress, isProgram }) => localAddress === undefined && !isProgram)) {
      const variables = [...each.keyNames, ...gaps(each)].map((name) => `\`${name}\``).join(", ");
      expect(help).toContain(`- ${each.name}: ${variables}`);
    }
  });

  test("of the commands", async () => {
    const named = tableRows(readme, "Command")
      .flatMap(([cell]) => code(cell))
      .slice(1);
    const { out } = await runCommand(fromSource, ["--help"], { cwd: tmpdir() });
    const offered = [...out.matchAll(/^ {2}([a-z]+) /gm)]
      .map((match) => `parley ${match[1]}`)
      .filter((name) => !/help|parley$/.test(name.replace("parley ", "")));
    expect(named.sort()).toEqual(
      [...new Set(offered)].filter((name) => name !== "parley parley" && name !== "parley help").sort(),
    );
  });

  test("of its links and scripts", () => {
    for (const text of [readme, map]) {
      const base = text === map ? join(root, "src") : root;
      for (const [, target = ""] of text.matchAll(/\]\(([^)#:]+)\)/g))
        expect([target, existsSync(join(base, target))]).toEqual([target, true]);
    }
    for (const [, script = ""] of readme.matchAll(/npm run (\w+)/g))
      expect(Object.keys(manifest.scripts)).toContain(script);
  });
});

describe("the README's commands, run as written but for the port", () => {
  const cwd = mkdtempSync(join(tmpdir(), "parley-readme-"));
  using_(cwd);
  let server: RunningServer;
  const upstream = openUpstream(({ path }) =>
    path === "/v1/models" ? ["close"] : openaiText("Once ", "upon a time."),
  );
  beforeAll(async () => {
    server = await startServer(fromSource, {
      cwd,
      env: { OPENAI_API_KEY: "sk-0123456", OPENAI_BASE_URL: `${upstream.origin}/v1` },
    });
  });
  afterAll(async () => {
    await server[Symbol.asyncDispose]();
    upstream[Symbol.dispose]();
  });

  const textOf = (command: string, origin: string, folder = cwd) => {
    const asked = command.replaceAll("http://127.0.0.1:7337", origin);
    return new Response(Bun.spawn(["sh", "-c", asked], { cwd: folder, stdout: "pipe" }).stdout).text();
  };

  const curl = async (command: string, origin: string, folder = cwd) => {
    const text = await textOf(command, origin, folder);
    return [...text.matchAll(/^event: (\w+)$/gm)]
      .map((match) => match[1])
      .filter((type, index, all) => type !== all[index - 1]);
  };

  test("the first curl, without any key: provider, parameters, content, usage, finish", async () => {
    await using bare = await startServer(fromSource, { cwd });
    expect(
      await curl(
        blocks.find((block) => block.startsWith("curl"))!,
        bare.origin,
      ),
    ).toEqual(["provider", "parameters", "content", "usage", "finish"]);
  });

  test("the curl for a model, with OPENAI_BASE_URL and a key", async () => {
    const command = blocks.filter((block) => block.startsWith("curl"))[1]!;
    expect(await curl(command, server.origin)).toEqual([
      "provider",
      "parameters",
      "provider",
      "content",
      "usage",
      "finish",
    ]);
  });

  test("the answer that goes on without its connection, and is read on", async () => {
    const command = blocks.filter((block) => block.startsWith("curl"))[2]!;
    await using bare = await startServer(fromSource, { cwd });
    expect(await curl(command, bare.origin)).toEqual(["parameters", "content", "usage", "finish"]);
  });

  test("the files that a question names", async () => {
    const command = blocks.filter((block) => block.startsWith("curl"))[3]!;
    await using bare = await startServer(fromSource, { cwd });
    const usual = ["provider", "parameters", "content", "usage", "finish"];
    expect(await curl(command, bare.origin, root)).toEqual(usual);
    expect(await (await fetch(`${bare.origin}/backend-api/v2/files/my-notes`)).text()).toStartWith(
      "<!-- File: README.md -->\n# Parley\n",
    );
  });

  test("the chat that the server keeps", async () => {
    const command = blocks.filter((block) => block.startsWith("curl"))[4]!;
    await using bare = await startServer(fromSource, { cwd: mkdtempSync(join(cwd, "chat-")) });
    expect(await curl(command, bare.origin)).toContain("finish");
    const kept = await (await fetch(`${bare.origin}/backend-api/v2/chats/miles`)).json();
    expect(kept.messages.map(({ message }: { message: { role: string } }) => message.role)).toEqual([
      "user",
      "assistant",
    ]);
  });

  test("the chat that anybody may read", async () => {
    const command = blocks.filter((block) => block.startsWith("curl"))[5]!;
    await using bare = await startServer(fromSource, { cwd: mkdtempSync(join(cwd, "share-")) });
    expect(await textOf(command, bare.origin)).toMatch(/"share_id":"hello".*<!doctype html>/is);
  });

  test("the memory that is put before a question", async () => {
    const command = blocks.filter((block) => block.startsWith("curl"))[6]!;
    await using bare = await startServer(fromSource, { cwd: mkdtempSync(join(cwd, "memory-")) });
    expect(await textOf(command, bare.origin)).toMatch(/"count":1.*memory of \\"ann\\".*Has a dog called Rex/s);
  });

  test("the curls of other APIs, at the addresses that are printed for them", async () => {
    const command = blocks.find((block) => block.includes("$OPENAI_BASE_URL"))!;
    await using bare = await startServer(fromSource, { cwd });
    const env = `npm run --silent parley -- env`;
    expect(command).toContain(env);
    const own = `${fromSource.join(" ")} env --url ${bare.origin}`;
    const text = await textOf(command.replace(env, own), bare.origin);
    expect(text).toContain('"object":"chat.completion"');
    expect(text).toContain('"type":"message"');
  });

  test("the document of the API", async () => {
    const command = blocks.find((block) => block.includes("/openapi.json"))!;
    await using bare = await startServer(fromSource, { cwd });
    expect(await textOf(command, bare.origin)).toContain('"openapi":"3.1.0"');
  });

  test("the answer as plain text", async () => {
    const command = blocks.find((block) => block.includes("/create?"))!;
    await using bare = await startServer(fromSource, { cwd });
    expect(await textOf(command, bare.origin)).toContain("5 km = 3.1");
  });

  test("the search of the web, asked of an engine of this machine", async () => {
    const command = blocks.find((block) => block.includes('"web_search":true'))!;
    await using web = openSmallWeb({ pages: { "/sqlite": page("SQLite", "It has a new release.") } });
    await using searching = await startServer(fromSource, {
      cwd: mkdtempSync(join(cwd, "search-")),
      env: {
        OPENAI_API_KEY: "sk-0123456",
        OPENAI_BASE_URL: `${upstream.origin}/v1`,
        PARLEY_SEARCH_ENGINES: "searxng",
        PARLEY_SEARXNG_URL: web.settings.searxng_url,
        PARLEY_ALLOWED_HOSTS: web.settings.allowed_hosts,
      },
    });
    expect(await textOf(command, searching.origin)).toContain(`> [0] [SQLite](http://${web.host}/sqlite)`);
  });

  test("the key and the backup", async () => {
    const commands = blocks.findLast((block) => block.startsWith("npm run parley"))!;
    const home = mkdtempSync(join(cwd, "keys-"));
    const parley = `${process.execPath} ${join(root, "src/main.ts")}`;
    const child = Bun.spawn(["sh", "-ec", commands.replaceAll("npm run parley --", parley)], {
      cwd: home,
      env: { ...process.env, HOME: home, XDG_DATA_HOME: home },
      stdout: "pipe",
      stderr: "ignore",
    });
    expect(await new Response(child.stdout).text()).toContain("1 access_keys");
    expect(await child.exited).toBe(0);
    expect(existsSync(join(home, "parley.tar"))).toBe(true);
  });

  test("the question in the terminal", async () => {
    const words = blocks.find((block) => block.startsWith("npm run parley"))!;
    const child = Bun.spawn(["sh", "-c", words.replace("npm run parley", `${process.execPath} run parley`)], {
      cwd: root,
      env: { ...process.env, HOME: cwd, XDG_DATA_HOME: cwd, PARLEY_DISCOVERY: "false", OPENAI_API_KEY: "" },
      stdout: "pipe",
      stderr: "ignore",
    });
    expect(await new Response(child.stdout).text()).toContain("there are");
    expect(await child.exited).toBe(0);
  });
});

function using_(folder: string): void {
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  expect(dirname(folder)).toBe(tmpdir());
}
