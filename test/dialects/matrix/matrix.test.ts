import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { parseJson } from "../../../src/lib/json.ts";
import { openApp, providerYaml, type TestApp } from "../../support/app.ts";
import {
  openUpstream,
  type RecordedRequest,
  type ScriptedUpstream,
  type Step,
} from "../../support/scripted-upstream.ts";
import type { Dialect, FailureKind, Question } from "./dialect.ts";
import { type Aspects, type Feature, features, found, type Turn } from "./features.ts";
import { isLost } from "./lost.ts";
import { dialects, wires } from "./tables.ts";
import { complaint, retryAfterSeconds, type Wire } from "./wire.ts";

const statuses: Readonly<Record<FailureKind, number>> = {
  rejected: 400,
  "unknown key": 401,
  unpaid: 402,
  "no model": 404,
  "rate limited": 429,
  "server error": 502,
  timeout: 504,
};
const kinds = Object.keys(statuses) as FailureKind[];

/** What a vendor does, by the first part of the path that it is asked at: each is a provider of its own. */
const scenarios: Readonly<Record<string, (wire: Wire, request: RecordedRequest) => Step[]>> = {
  ...Object.fromEntries(
    Object.entries(features).map(([name, { says, saysThen }]) => [
      slug(name),
      (wire: Wire, request: RecordedRequest) => wire.say(saysThen && hasResults(wire, request) ? saysThen : says),
    ]),
  ),
  ...Object.fromEntries(kinds.map((kind) => [slug(kind), (wire: Wire) => wire.fail(kind)])),
  late: (wire) => wire.failLate("Half an "),
  // What comes in one packet with a connection's end may be lost with it.
  cut: (wire) => [...wire.begin("Half an "), { waitMs: 50 }, "close"],
  hanging: (wire) => [...wire.begin("Half an "), "hang"],
};

let app: TestApp;
const upstreams = new Map<Wire, ScriptedUpstream>();

beforeAll(async () => {
  for (const wire of wires)
    upstreams.set(
      wire,
      openUpstream((request) => scenarios[scenarioOf(request)]?.(wire, request) ?? ["close"]),
    );
  app = await openApp({
    yaml: providerYaml(
      ...wires.flatMap((wire) =>
        Object.keys(scenarios).map((scenario) => ({
          name: providerOf(wire, scenario),
          type: wire.type,
          origin: `${upstreams.get(wire)?.origin}/${scenario}`,
          models: [wire.model],
        })),
      ),
    ),
  });
});

afterAll(async () => {
  await app[Symbol.asyncDispose]();
  for (const upstream of upstreams.values()) upstream[Symbol.dispose]();
});

const pairs = dialects.flatMap((dialect) => wires.map((wire) => ({ dialect, wire })));

describe.each(pairs.map((pair) => [pair.dialect.name, pair.wire.name, pair] as const))("%s asks %s", (_, __, pair) => {
  const { dialect, wire } = pair;

  describe.each([false, true])("streamed: %p", (isStreamed) => {
    test.each(Object.entries(features))("%s", async (name, feature) => {
      const turns = await converse(pair, slug(name), feature, isStreamed);
      judge(pair, feature.check(turns, wire));
    });

    test.each(kinds)("%s", async (kind) => {
      const response = await send(dialect, { model: modelOf(wire, slug(kind)), text: "Hello" }, isStreamed);
      const { type, message } = dialect.readFailure(await response.json());
      judge(pair, {
        status: [response.status, statuses[kind]],
        "type of a failure": [type, dialect.failures?.[kind] ?? kind],
        words: [message?.includes(complaint), true],
        ...(kind === "rate limited" && { "time to wait": [response.headers.get("retry-after"), retryAfterSeconds] }),
      });
    });

    test.each([
      ["late", complaint],
      ["cut", "broke off before its end"],
    ])("a failure after the first word: %s", async (scenario, words) => {
      const response = await send(dialect, { model: modelOf(wire, scenario), text: "Hello" }, isStreamed);
      const text = await response.text();
      const { type, message } = isStreamed ? dialect.readLateFailure(text) : dialect.readFailure(parseJson(text));
      judge(pair, {
        status: [response.status, isStreamed ? 200 : 502],
        "type of a failure": [type, dialect.failures?.["server error"] ?? "server error"],
        words: [message?.includes(words), true],
        "words before": [text.includes("Half an "), isStreamed],
      });
    });

    test("a client that leaves", async () => {
      const leaving = new AbortController();
      const sent = send(dialect, { model: modelOf(wire, "hanging"), text: "Hello" }, isStreamed, leaving.signal);
      const asked = await untilAsked(wire, "hanging");
      // Streamed, it leaves with the first word.
      if (isStreamed) await (await sent).body?.getReader().read();
      leaving.abort();
      await sent.catch(() => {});
      const closed = await Promise.race([asked.closed.then(() => "closed"), Bun.sleep(2000).then(() => "open")]);
      expect(closed).toBe("closed");
    });
  });
});

/** The question, and where the model calls tools, their results. */
async function converse(
  { dialect, wire }: (typeof pairs)[number],
  scenario: string,
  { question, saysThen }: Feature,
  isStreamed: boolean,
): Promise<[Turn, Turn?]> {
  const model = modelOf(wire, scenario);
  const first = await ask({ ...question, model });
  if (!saysThen) return [first];
  const { said, calls } = first.answer;
  const results = calls.map((call, index) => ({ call, content: found[index] ?? {} }));
  return [first, await ask({ ...question, model, earlier: { said, results } })];

  async function ask(question: Question): Promise<Turn> {
    const response = await send(dialect, question, isStreamed);
    const text = await response.text();
    expect([response.status, response.ok ? "" : text]).toEqual([200, ""]);
    const answer = isStreamed ? dialect.readStream(text) : dialect.readWhole(parseJson(text));
    const request = lastAsked(wire, scenario);
    if (!request) throw new Error("the vendor was not asked");
    return { answer, heard: wire.hear(parseJson(request.body), request) };
  }
}

function send(dialect: Dialect, question: Question, isStreamed: boolean, signal?: AbortSignal): Promise<Response> {
  const { path, body } = dialect.ask(question, isStreamed);
  return app.get(path, {
    method: "POST",
    body: JSON.stringify(body),
    headers: { "content-type": "application/json", ...dialect.headers },
    ...(signal && { signal }),
  });
}

/** All that is not lost is as it should be, and all that is said to be lost is. */
function judge({ dialect, wire }: (typeof pairs)[number], aspects: Aspects): void {
  const entries = Object.entries(aspects);
  const isLostHere = (aspect: string) => isLost(dialect.name, wire.name, aspect);
  const kept = entries.filter(([aspect]) => !isLostHere(aspect));
  expect(Object.fromEntries(kept.map(([aspect, [got]]) => [aspect, got]))).toEqual(
    Object.fromEntries(kept.map(([aspect, [, expected]]) => [aspect, expected])),
  );
  for (const [aspect, [got, expected]] of entries.filter(([aspect]) => isLostHere(aspect)))
    expect({ lost: aspect, got }).not.toEqual({ lost: aspect, got: expected });
}

function slug(name: string): string {
  return name.replaceAll(" ", "-");
}

function providerOf(wire: Wire, scenario: string): string {
  return `${wire.type}-${scenario}`;
}

function modelOf(wire: Wire, scenario: string): string {
  return `${providerOf(wire, scenario)}/${wire.model}`;
}

function scenarioOf({ path }: RecordedRequest): string {
  return path.split("/")[1] ?? "";
}

function lastAsked(wire: Wire, scenario: string): RecordedRequest | undefined {
  return upstreams.get(wire)?.requests.findLast((request) => scenarioOf(request) === scenario);
}

function hasResults(wire: Wire, request: RecordedRequest): boolean {
  return wire.hear(parseJson(request.body), request).results.length > 0;
}

async function untilAsked(wire: Wire, scenario: string): Promise<RecordedRequest> {
  const before = lastAsked(wire, scenario);
  for (let tries = 0; tries < 1000; tries++) {
    const last = lastAsked(wire, scenario);
    if (last && last !== before) return last;
    await Bun.sleep(2);
  }
  throw new Error("the vendor was not asked");
}
