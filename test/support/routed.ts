import type { RunEvent } from "../../src/protocol/events.ts";
import { openApp, type TestAppOptions } from "./app.ts";
import { readEvents } from "./events.ts";
import { openUpstream, type Script } from "./scripted-upstream.ts";

export interface RoutedOptions extends Omit<TestAppOptions, "yaml"> {
  /** Beside the address, by place: `models`, `api_key`, `weight`, … */
  readonly providers?: readonly (Readonly<Record<string, unknown>> | undefined)[];
  /** Beside `providers` in the settings' file: `routes`, `prices`, … */
  readonly settings?: Readonly<Record<string, unknown>>;
}

export const user = [{ role: "user", content: "Hello" }];

/** Providers A, B, … in this order, each with the model `m` and a script. */
export async function openRouted(scripts: readonly Script[], options: RoutedOptions = {}) {
  const { providers = [], settings = {}, ...rest } = options;
  const upstreams = scripts.map(openUpstream);
  const yaml = Bun.YAML.stringify({
    ...settings,
    providers: upstreams.map(({ origin }, index) => ({
      name: String.fromCharCode(65 + index),
      type: "openai",
      base_url: origin,
      api_key: "test-key-0123",
      models: ["m"],
      ...providers[index],
    })),
  });
  const app = await openApp({ yaml, ...rest });
  return {
    upstreams,
    app,
    counts: () => upstreams.map(({ requests }) => requests.length),
    ask: async (body: object = {}) => readEvents(await app.post({ messages: user, model: "m", ...body })),
    async [Symbol.asyncDispose]() {
      await app[Symbol.asyncDispose]();
      for (const upstream of upstreams) upstream[Symbol.dispose]();
    },
  };
}

export const providersOf = (events: readonly RunEvent[]) =>
  events.flatMap((event) => (event.type === "provider" ? [event.provider.name] : []));
export const messagesOf = (events: readonly RunEvent[]) =>
  events.flatMap((event) => (event.type === "message" ? [event.message] : []));
export const logsOf = (events: readonly RunEvent[]) =>
  events.flatMap((event) => (event.type === "log" ? [event.log] : []));
