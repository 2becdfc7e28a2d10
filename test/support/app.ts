import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadConfig } from "../../src/config/load.ts";
import type { SettingName } from "../../src/config/settings.ts";
import { openServer } from "../../src/server.ts";
import { openServices, type ServiceOptions, type Services } from "../../src/services.ts";

export interface TestApp extends AsyncDisposable {
  readonly origin: string;
  readonly services: Services;
  /** Every line that was logged. */
  readonly logged: readonly string[];
  /** Those that are warnings and errors. */
  readonly trouble: readonly string[];
  post(body: unknown, init?: RequestInit): Promise<Response>;
  get(path: string, init?: RequestInit): Promise<Response>;
}

export interface TestAppOptions extends Omit<ServiceOptions, "writeLog"> {
  /** The text of `parley.yaml`. */
  readonly yaml?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly flags?: Readonly<Partial<Record<SettingName, string>>>;
}

export const conversationPath = "/backend-api/v2/conversation";

/** The whole application on a free port, in a temporary folder, with no more than the test gives it. */
export async function openApp({
  yaml,
  environment = {},
  flags = {},
  ...options
}: TestAppOptions = {}): Promise<TestApp> {
  const directory = mkdtempSync(join(tmpdir(), "parley-test-"));
  const path = join(directory, "parley.yaml");
  await Bun.write(path, yaml ?? "");
  const config = loadConfig({
    environment,
    flags: {
      config: path,
      port: "0",
      data_dir: join(directory, "data"),
      discovery: "false",
      drain_timeout: "1",
      // Tests of the power's loss say so; all others would wait for the disk ten thousands of times.
      durability: "process",
      log_format: "json",
      // A question more would count as one of the test's.
      titles: "words",
      // The one beside it that needs no key is in the internet.
      search_engines: "searxng",
      ...flags,
    },
  });
  const logged: string[] = [];
  const services = openServices(config, { writeLog: (line) => void logged.push(line), ...options });
  const server = await openServer(services);
  const get = (path: string, init?: RequestInit) => fetch(server.origin + path, init);
  return {
    origin: server.origin,
    services,
    logged,
    get trouble() {
      return logged.filter((line) => /^\{"time":"[^"]*","level":"(warn|error)"/.test(line));
    },
    get,
    post: (body, init) => get(conversationPath, { method: "POST", body: JSON.stringify(body), ...init }),
    async [Symbol.asyncDispose]() {
      await server.close();
      await services[Symbol.asyncDispose]();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** One OpenAI-compatible provider under a name of its own. */
export function providerYaml(
  ...providers: {
    name: string;
    type?: string;
    origin: string;
    models?: string[];
    key?: string;
    /** What else its entry says. */
    settings?: Readonly<Record<string, unknown>>;
  }[]
): string {
  const entries = providers.map(
    ({ name, type = "openai", origin, models = ["m"], key = "test-key-0123", settings }) => ({
      name,
      type,
      base_url: origin,
      api_key: key,
      models,
      ...settings,
    }),
  );
  return Bun.YAML.stringify({ providers: entries });
}
