import { describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { toSettingsFile } from "../../src/cli/config/init.ts";
import { toYaml } from "../../src/cli/config/yaml.ts";
import { checkFile, lineOfMessage } from "../../src/config/check-file.ts";
import { loadConfig } from "../../src/config/load.ts";
import { settingNames } from "../../src/config/settings.ts";
import { brokenLine, lineOf } from "../../src/config/yaml-line.ts";

const faults = (text: string, environment = {}) =>
  checkFile(text, environment).map(({ line, message }) => `${line}: ${message}`);

describe("what is wrong with a settings file", () => {
  test("is all told, each with its line", () => {
    const text = `prot: 7338
# port: 1
port: many

providers:
  - name: OpenAI
    api_key: sk-0123
    modles: [a]
  - # the second
    name: "has space"
    limits:
      concurrent: 0
routes:
- name: fast
  providers:
  - provider: OpenAI
    wieght: 3
"log_level": loud
search_engines: [brave, bing]
searxng_url: \${env.NOPE}
`;
    expect(faults(text)).toEqual([
      "1: there is no setting prot; did you mean port?",
      "3: port: expected integer",
      "8: there is no setting providers[0].modles; did you mean models?",
      "10: providers[1].name: expected string to match '^[^\\s/]+$'",
      "12: providers[1].limits.concurrent: expected integer to be greater or equal to 1",
      "17: there is no setting routes[0].providers[0].wieght; did you mean weight?",
      "18: log_level: expected one of debug, info, warn, error, silent",
      "19: search_engines[1]: expected one of searxng, brave, tavily, duckduckgo, off",
      "20: searxng_url asks for ${env.NOPE}, and NOPE is not set",
    ]);
    expect(faults(text.replace("${env.NOPE}", "${env.YES}"), { YES: "http://s.example" }).at(-1)).toStartWith("19: ");
  });

  test("is a setting that stands there twice: the parser takes the last, and says nothing", () => {
    const text = `port: 80\nproviders:\n  - name: A\n    port: 1\n"port" : 81\n`;
    expect(faults(text)).toContain("5: port is set twice: take one of them away");
    const path = join(folder, "twice.yaml");
    writeFileSync(path, "port: 80\nport: 81\n");
    expect(() => loadConfig({ environment: {}, flags: { config: path } })).toThrow(
      `${path}:2: port is set twice: take one of them away`,
    );
  });

  test("is nothing where it is good, empty, or written in another of YAML's ways", () => {
    for (const text of [
      "",
      "# nothing\n",
      "---\nport: 80\n",
      "{ port: 80, log_level: info }",
      'port: "80"\r\nhost: ::1\r\n',
    ])
      expect(faults(text)).toEqual([]);
    expect(faults("{ port: 80, log_levl: info }")).toEqual([
      "undefined: there is no setting log_levl; did you mean log_level?",
    ]);
    expect(faults("- port")).toEqual([expect.stringMatching(/^1: expected names and values/)]);
  });

  test("is told from the line on where it is no YAML", () => {
    expect(faults('port: 1\nhost: "x\nlog_level: info\n')).toEqual([
      expect.stringMatching(/^2: this is not YAML, from here on/),
    ]);
    expect(brokenLine("a: 1\nb:\n\t- c: 2\nd: 3\n")).toBe(3);
    expect(brokenLine("a: 1\nb: [1,\n2\nc: 3")).toBe(2);
    expect(brokenLine("[")).toBe(1);
  });

  test("of names is found by what the message says of it", () => {
    const text =
      "routes:\n  - name: a\n    providers: [{ provider: X }]\n  - name: b\n    providers: []\nprices:\n  - model: m\n";
    expect(lineOfMessage(text, "routes: b names Opnai, and no provider is called so")).toBe(4);
    expect(lineOfMessage(text, "routes: a names X, and no provider is called so")).toBe(2);
    expect(lineOfMessage(text, "prices: m names X")).toBe(7);
    expect(lineOfMessage(text, "routes: two have the name c")).toBe(1);
    expect(lineOfMessage(text, "access_key: expected a key")).toBeUndefined();
  });
});

test("the line of a path is that of the nearest thing around it that has one", () => {
  const text = "a:\n  b:\n    - x: 1\n      y: { z: 2 }\n    -\n      x: 3\nc: 4\n";
  expect(lineOf(text, ["a", "b", 0, "y", "z"])).toBe(4);
  expect(lineOf(text, ["a", "b", 1])).toBe(5);
  expect(lineOf(text, ["a", "b", 1, "x"])).toBe(6);
  expect(lineOf(text, ["a", "b", 7])).toBe(2);
  expect(lineOf(text, ["c"])).toBe(7);
  expect(lineOf(text, ["d"])).toBeUndefined();
});

const folder = mkdtempSync(join(tmpdir(), "parley-settings-"));
const load = (text: string, environment = {}) => {
  const path = join(folder, "parley.yaml");
  writeFileSync(path, text);
  return loadConfig({ environment, flags: { config: path, data_dir: folder } });
};

test("what parley config init writes says nothing, and in its comments what holds anyway", () => {
  const text = toSettingsFile();
  const defaults = load("");
  expect(load(text)).toEqual(defaults);
  const uncommented = text.replace(/^#(?= {2}|[^ ])/gm, "");
  const all = load(uncommented, { OPENAI_API_KEY: "sk-0123456" });
  const { providers: _, routes, mcp_servers, ...plain } = all;
  for (const name of settingNames.filter((each) => each in plain))
    expect([name, all[name]]).toEqual([name, defaults[name]]);
  expect([...routes, ...mcp_servers].map(({ name }) => name)).toEqual(["fast", "notes"]);
  expect(faults(uncommented, { OPENAI_API_KEY: "sk-0123456" })).toEqual([]);
});

test("what parley config print writes holds as a file what was printed, without what is secret", () => {
  const text = `port: 81
access_key: a-secret-of-our-own
search_engines: ["searxng"]
searxng_url: "http://s.example: 80"
titles: off
providers:
  - name: Lab
    type: custom
    base_url: http://lab.example/v1
    api_key: [sk-11111111, sk-22222222]
    headers: { x-team: hidden-team }
    limits: { concurrent: 3 }
routes:
  - name: fast
    providers: [{ provider: Lab, model: "a: b" }]
`.replace(": 80", "");
  const config = load(text, { GROQ_API_KEY: "gk-33333333" });
  const printed = toYaml(config);
  for (const secret of config.secrets) expect(printed).not.toContain(secret);
  expect(config.secrets).toHaveLength(5);
  expect(printed).toContain("\n# max_words: 2500\n");
  expect(printed).toContain("\nport: 81\n");
  expect(printed).toContain("# Groq: set up by GROQ_API_KEY\n");
  const again = load(printed);
  expect(again.routes).toEqual(config.routes);
  for (const name of settingNames.filter((each) => each !== "providers" && each !== "access_key"))
    expect([name, again[name]]).toEqual([name, config[name]]);
  expect(again.providers[0]).toMatchObject({
    name: "Lab",
    base_url: "http://lab.example/v1",
    limits: { concurrent: 3 },
  });
  rmSync(folder, { recursive: true });
});
