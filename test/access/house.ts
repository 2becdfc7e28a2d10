import { createApp } from "../../src/app.ts";
import { mapParallel } from "../../src/lib/parallel.ts";
import { openApp, providerYaml, type TestApp } from "../support/app.ts";
import { upgrading } from "../support/channel.ts";
import { chatChunks } from "../support/chat-chunks.ts";
import { cookieOf } from "../support/cookie.ts";
import { makeKey, type TestKey } from "../support/keys.ts";
import { openUpstream } from "../support/scripted-upstream.ts";
import { type Rule, rules } from "./rules.ts";
import { makeThings, type Owned, type Things } from "./things.ts";

export const people = ["ann", "bob", "boss"] as const;
export type Person = (typeof people)[number];

export interface House extends AsyncDisposable {
  readonly app: TestApp;
  /** `GET /healthz`, as the routes themselves say. */
  readonly routes: readonly string[];
  /** All of it is Ann's. Bob has nothing, and Boss is an admin who has nothing. */
  readonly owned: Owned;
  readonly keys: Readonly<Record<Person, TestKey>>;
  /** The cookie of a browser of theirs. */
  readonly cookies: Readonly<Record<Person, string>>;
  /** Each request comes from another address, so that none is refused for those before. */
  ask(route: string, things: Things, init?: Asked): Promise<Response>;
  statusOf(route: string, things: Things, init?: Asked): Promise<number>;
}

export interface Asked extends RequestInit {
  readonly headers?: Record<string, string>;
  /** Another method of the same address: HEAD, OPTIONS. */
  readonly method?: string;
  /** What follows the address. */
  readonly query?: string;
}

export const ruleOf = (route: string): Rule => {
  const rule = rules[route];
  if (!rule) throw new Error(`${route} has no rule in test/access/rules.ts: say who may ask it`);
  return rule;
};

export const methodOf = (route: string) => route.split(" ")[0]?.replace("WS", "GET").replace("ALL", "GET") ?? "";

/** The address of a route, with things in place of its parameters. */
export function pathOf(route: string, things: Things): string {
  const known: Readonly<Record<string, string>> = { ...things, ...ruleOf(route).params?.(things) };
  return (route.split(" ")[1] ?? "").replace(/:(\w+)|\*/g, (whole, name) => {
    const value = known[name ?? whole];
    if (value === undefined) throw new Error(`${route}: nobody has a ${name ?? whole}`);
    return name === undefined ? value : encodeURIComponent(value);
  });
}

/** A whole server in which Ann lives. */
export async function openHouse(flags: Readonly<Record<string, string>> = {}): Promise<House> {
  const upstream = openUpstream(() => chatChunks([{ content: "Well." }]));
  const yaml = providerYaml({ name: "Work", origin: upstream.origin });
  const app = await openApp({ yaml, flags: { trusted_proxies: "127.0.0.1", ...flags } });
  const each = async <T>(make: (person: Person) => Promise<T>) =>
    Object.fromEntries(await Promise.all(people.map(async (person) => [person, await make(person)]))) as Record<
      Person,
      T
    >;
  const keys = await each((person) => makeKey(app, person, { role: person === "boss" ? "admin" : "user" }));
  const cookies = await each(async (person) => {
    const body = JSON.stringify({ key: keys[person].key });
    const answer = await app.get("/backend-api/v2/session", { method: "POST", body });
    return cookieOf(answer);
  });
  const owned = await makeThings(app, keys.ann, "ann");
  let asked = 0;
  const ask: House["ask"] = (route, things, { headers, query = "", ...init } = {}) => {
    const address = `10.${(++asked >> 16) & 255}.${(asked >> 8) & 255}.${asked & 255}`;
    return app.get(pathOf(route, things) + query, {
      method: methodOf(route),
      redirect: "manual",
      ...init,
      headers: { "x-forwarded-for": address, ...(route.startsWith("WS") && upgrading), ...headers },
    });
  };
  return {
    app,
    ask,
    async statusOf(...given) {
      const answer = await ask(...given);
      await answer.body?.cancel();
      return answer.status;
    },
    routes: createApp(app.services).routes.map(({ method, path }) => `${method} ${path}`),
    owned,
    keys,
    cookies,
    async [Symbol.asyncDispose]() {
      await app[Symbol.asyncDispose]();
      upstream[Symbol.dispose]();
    },
  };
}

/** Acts on some of them at a time. */
export async function eachOf<T>(all: readonly T[], act: (one: T) => Promise<unknown>): Promise<void> {
  await mapParallel(all, 24, act);
}
