import { afterAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { loadConfig } from "../../src/config/load.ts";
import { ConfigError } from "../../src/config/error.ts";
import { settingsSchema } from "../../src/config/settings.ts";

const folder = mkdtempSync(join(tmpdir(), "parley-config-"));
afterAll(() => rmSync(folder, { recursive: true }));

const file = join(folder, "parley.yaml");

function load(yaml: string, environment: Record<string, string> = {}, flags: Record<string, string> = {}) {
  writeFileSync(file, yaml);
  return loadConfig({ environment, flags: { config: file, ...flags } });
}

function refusal(yaml: string, environment: Record<string, string> = {}, flags: Record<string, string> = {}): string {
  try {
    load(yaml, environment, flags);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  throw new Error("it was accepted");
}

describe("settings", () => {
  test("come from defaults, then the file, then the environment, then flags, and say so", () => {
    expect(load("").port).toBe(7337);
    expect(load("").origins.port).toBe("default");
    expect(load("port: 1").origins.port).toBe(file);
    const environment = load("port: 1", { PARLEY_PORT: "2" });
    expect([environment.port, environment.origins.port]).toEqual([2, "PARLEY_PORT"]);
    const flag = load("port: 1", { PARLEY_PORT: "2" }, { port: "3" });
    expect([flag.port, flag.origins.port]).toEqual([3, "--port"]);
  });

  test("that do not exist are refused with the nearest that does", () => {
    expect(refusal("prot: 1")).toBe(`${file}: there is no setting prot; did you mean port?`);
    expect(refusal("zzzzzzzz: 1")).toBe(`${file}: there is no setting zzzzzzzz`);
    expect(refusal("providers: [{name: A, type: openai, basurl: x}]")).toContain(
      "no setting providers[0].basurl; did you mean base_url?",
    );
    expect(refusal("providers: [{name: A, type: opnai}]")).toContain("A has no known type; did you mean OpenAI?");
    expect(load("", { PARLEY_PROT: "1" }).warnings).toEqual([
      "PARLEY_PROT is set, and there is no such setting; did you mean PARLEY_PORT?",
    ]);
  });

  test("that say where SearXNG is are looked at before it is asked, and not quoted", () => {
    for (const address of ["http://127.0.0.1:8888", "https://search.example/searx/", "http://[::1]:80/search", ""])
      expect(load("", { PARLEY_SEARXNG_URL: address }).searxng_url).toBe(address);
    const refused = {
      "localhost:8888": "is no address such as http://127.0.0.1:8888",
      "search.example": "is no address such as http://127.0.0.1:8888",
      "ftp://search.example/": "is no address such as http://127.0.0.1:8888",
      "http://me:hunter2@search.example/": "holds no name or password: let this machine ask SearXNG without",
      "http://search.example/search?q=<query>": 'ends before the "?": write the address of SearXNG\'s page alone',
      "http://0.0.0.0:8888": "names every address of this machine: write http://127.0.0.1:8888",
    };
    for (const [address, why] of Object.entries(refused)) {
      expect(refusal("", { PARLEY_SEARXNG_URL: address })).toBe(`PARLEY_SEARXNG_URL: searxng_url ${why}`);
      expect(refusal(`searxng_url: "${address}"`)).toBe(`${file}: searxng_url ${why}`);
    }
  });

  test("say where newer versions are told of, and no password with it", () => {
    const address = "https://example.com/latest.json?channel=stable";
    expect(load("", { PARLEY_UPDATE_URL: address }).update_url).toBe(address);
    for (const [given, why] of [
      ["https://me:hidden@example.com/", "holds no name or password, which parley config would show"],
      ["example.com", "is no address such as https://example.com/latest.json"],
    ])
      expect(refusal("", { PARLEY_UPDATE_URL: given ?? "" })).toBe(`PARLEY_UPDATE_URL: update_url ${why}`);
    expect(refusal("", { PARLEY_UPDATE_CHECK: "true" })).toContain("update_url, which is not set");
  });

  test("of the wrong kind are refused, naming where they came from", () => {
    expect(refusal("port: many")).toBe(`${file}: port: expected integer`);
    expect(refusal("", { PARLEY_PORT: "70000" })).toContain(
      "PARLEY_PORT: expected integer to be less or equal to 65535",
    );
    expect(refusal("", {}, { discovery: "maybe" })).toBe("--discovery: expected boolean");
    expect(refusal("- a")).toContain("must hold names and values");
    expect(refusal("a: [")).toContain("is not YAML");
    expect(refusal("", {}, { config: join(folder, "none.yaml") })).toContain("there is no settings file");
  });

  test("read the environment in the file, and fail loudly when it is unset", () => {
    const yaml = "providers: [{name: A, type: openai, api_key: 'k-${env.KEY}', headers: {x: '${env.KEY}'}}]";
    expect(load(yaml, { KEY: "1" }).providers[0]).toMatchObject({ api_key: "k-1", headers: { x: "1" } });
    expect(refusal(yaml)).toBe(`${file} asks for \${env.KEY}, and KEY is not set`);
  });

  test("read the _FILE variant of a variable, and take an empty one as unset", () => {
    const secret = join(folder, "secret");
    writeFileSync(secret, "sk-from-file\n");
    const config = load("", { OPENAI_API_KEY_FILE: secret, PARLEY_ACCESS_KEY_FILE: secret, PARLEY_PORT: "" });
    expect(config.providers.find(({ name }) => name === "OpenAI")?.api_key).toBe("sk-from-file");
    expect([config.access_key, config.port]).toEqual(["sk-from-file", 7337]);
    expect(config.secrets).toEqual(["sk-from-file", "sk-from-file"]);
    expect(refusal("", { OPENAI_API_KEY_FILE: join(folder, "none") })).toContain("OPENAI_API_KEY_FILE");
  });

  test("take text for what it means, and nothing that is left empty", () => {
    expect(load("port: ${env.MYPORT}", { MYPORT: "8123" }).port).toBe(8123);
    expect(load('port: "8000"').port).toBe(8000);
    expect(load("cors_origins: https://a.example, https://b.example").cors_origins).toHaveLength(2);
    for (const [yaml, message] of [
      ["log_level: verbose", ": log_level: expected one of debug, info, warn, error, silent"],
      ["port:", ": port: expected integer"],
      ["access_key:", ": access_key: expected string"],
      ['access_key: "${env.EMPTY}"', ": access_key: expected a key of letters"],
      ["host: ${env.MY-KEY}", "only ${env.NAME} is replaced"],
      ["host: ${NOPE}", "only ${env.NAME} is replaced"],
    ] as const)
      expect([yaml, refusal(yaml, { EMPTY: "" })]).toEqual([yaml, expect.stringContaining(message)]);
    const empty = join(folder, "empty");
    writeFileSync(empty, "\n");
    expect(refusal("", { PARLEY_ACCESS_KEY_FILE: empty })).toBe(`PARLEY_ACCESS_KEY_FILE: ${empty} is empty`);
    expect(refusal("", { PARLEY_ACCESS_KEY: "schlüssel" })).toContain("PARLEY_ACCESS_KEY: expected a key of letters");
    expect(load("", { PARLEY_ACCESS_KEY: "short" }).warnings).toHaveLength(1);
  });

  test("list hosts and name servers that can be reached at all", () => {
    const { allowed_hosts, dns_servers } = load("", {
      PARLEY_ALLOWED_HOSTS: "nas.example, 10.0.0.5:8080,[::1]:80, ::1",
      PARLEY_DNS_SERVERS: "1.1.1.1,127.0.0.1:5353,[::1]:53,::1",
    });
    expect(allowed_hosts).toEqual(["nas.example", "10.0.0.5:8080", "[::1]:80", "::1"]);
    expect(dns_servers).toEqual(["1.1.1.1", "127.0.0.1:5353", "[::1]:53", "::1"]);
    for (const host of [
      "http://nas",
      "nas/path",
      "nas:0",
      "nas:70000",
      "a@nas",
      "*.example",
      "1.1.1.1.1",
      ":80",
      "a b",
    ])
      expect([host, refusal("", { PARLEY_ALLOWED_HOSTS: host })]).toEqual([
        host,
        `PARLEY_ALLOWED_HOSTS: ${host} is no host such as nas.example or 192.168.1.5:8080`,
      ]);
    for (const server of ["dns.example", "tcp://1.1.1.1", "256.1.1.1"])
      expect(refusal("", { PARLEY_DNS_SERVERS: server })).toBe(
        `PARLEY_DNS_SERVERS: ${server} is no address such as 1.1.1.1 or 127.0.0.1:5353`,
      );
  });

  test("know whether a proxy makes the connections", () => {
    expect(load("").isProxied).toBe(false);
    expect(load("", { https_proxy: "http://proxy:3128" }).isProxied).toBe(true);
  });

  test("have a schema that editors can use", () => {
    const schema = JSON.parse(JSON.stringify(settingsSchema()));
    expect(schema.$schema).toBe("https://json-schema.org/draft/2020-12/schema");
    expect(schema.properties.port).toMatchObject({ type: "integer", default: 7337 });
    expect(schema.additionalProperties).toBe(false);
    expect(schema.required).toBeUndefined();
  });
});

describe("data", () => {
  test.skipIf(process.platform !== "linux")("lies where XDG says, unless told otherwise", () => {
    expect(load("", { XDG_DATA_HOME: "/x" }).data_dir).toBe("/x/parley");
    expect(load("", { XDG_DATA_HOME: "relative" }).data_dir).toEndWith("/.local/share/parley");
    expect(load("", {}, { data_dir: "/y" }).data_dir).toBe("/y");
    expect(load("data_dir: ~/z").data_dir).toBe(join(homedir(), "z"));
    expect(load("", { PARLEY_DATA_DIR: "~" }).data_dir).toBe(homedir());
    expect(load("data_dir: ~z").data_dir).toBe("~z");
  });
});

describe("providers", () => {
  const find = (environment: Record<string, string>, name: string) =>
    load("", environment).providers.find((each) => each.name === name);

  test("are set up by the vendors' own variables", () => {
    expect(find({ OPENAI_API_KEY: "k", OPENAI_BASE_URL: "http://127.0.0.1:9/v1/" }, "OpenAI")).toMatchObject({
      api_key: "k",
      base_url: "http://127.0.0.1:9/v1",
      isMentioned: true,
    });
    expect(find({ GOOGLE_API_KEY: "g" }, "Gemini")?.api_key).toBe("g");
    expect(find({ GOOGLE_API_KEY: "g", GEMINI_API_KEY: "h" }, "Gemini")?.api_key).toBe("h");
    expect(find({}, "Anthropic")).toMatchObject({ isMentioned: false });
  });

  test("know the addresses that runtimes bind to", () => {
    const address = (value: string) => find({ OLLAMA_HOST: value }, "Ollama")?.base_url;
    expect(address("0.0.0.0")).toBe("http://127.0.0.1:11434");
    expect(address(":8080")).toBe("http://127.0.0.1:8080");
    expect(address("box:11434")).toBe("http://box:11434");
    expect(address("https://box")).toBe("https://box");
    expect(() => address("ftp://box")).toThrow("OLLAMA_HOST");
    expect(() => address("http://")).toThrow("OLLAMA_HOST");
  });

  test("have keys that a header can hold, and addresses that say how they are spoken to", () => {
    expect(refusal("", { OPENAI_API_KEY: "sk-…" })).toContain("OPENAI_API_KEY: the key holds a character");
    expect(refusal("providers: [{name: A, type: openai, api_key: 'a b'}]")).toContain("api_key of A in parley.yaml");
    expect(refusal("", { OPENAI_BASE_URL: "models.example/v1" })).toBe(
      "OPENAI_BASE_URL: write models.example/v1 with its scheme, such as https://models.example/v1",
    );
    expect(refusal("", { OPENAI_BASE_URL: "https://user:secret@models.example/v1" })).not.toContain("secret");
    expect(find({ OPENAI_BASE_URL: "localhost:9/v1" }, "OpenAI")?.base_url).toBe("http://localhost:9/v1");
  });

  test("under names of one's own take the vendor's key only at the vendor's address", () => {
    const names = load(
      "providers: [{name: A, type: openai}, {name: B, type: OpenAI, base_url: 'http://127.0.0.1:9'}]",
      { OPENAI_API_KEY: "k" },
    ).providers;
    expect(names.slice(0, 2).map(({ name, api_key }) => [name, api_key])).toEqual([
      ["A", "k"],
      ["B", undefined],
    ]);
    expect(refusal("providers: [{name: A, type: openai}, {name: a, type: gemini}]")).toBe(
      "providers: two have the same name",
    );
  });
});
