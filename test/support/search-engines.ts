import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { SearchEngineId } from "../../src/protocol/search.ts";
import type { SearchEngine, SearchQuery, SearchResult } from "../../src/search/engine.ts";
import { createBrave } from "../../src/search/engines/brave.ts";
import { createDuckDuckGo } from "../../src/search/engines/duckduckgo.ts";
import { createSearxng } from "../../src/search/engines/searxng.ts";
import { createTavily } from "../../src/search/engines/tavily.ts";
import type { Pages } from "../../src/search/page.ts";

/** A documented answer of a search engine, what leads to it, and what must become of it. */
export interface SearchFixture {
  readonly engine: SearchEngineId;
  readonly name: string;
  /** Status line and headers, with CRLF. */
  readonly head: string;
  readonly body: Buffer;
  readonly query: SearchQuery;
  /** What must reach the engine, where the fixture says. */
  readonly asked?: AskedEngine;
  readonly results?: readonly SearchResult[];
  /** What it says where it has no results to give; `HOST` stands for where it was asked. */
  readonly failure?: string;
  /** Whether it is left alone after that. */
  readonly rests?: boolean;
}

export interface AskedEngine {
  readonly method: string;
  readonly path: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

const folder = join(import.meta.dir, "../fixtures/search");

export function readSearchFixtures(): SearchFixture[] {
  return (readdirSync(folder) as SearchEngineId[]).flatMap((engine) =>
    readdirSync(join(folder, engine))
      .filter((file) => file.endsWith(".http"))
      .map((file) => readSearchFixture(engine, file.replace(/\.http$/, ""))),
  );
}

export function readSearchFixture(engine: SearchEngineId, name: string): SearchFixture {
  const bytes = readFileSync(join(folder, engine, `${name}.http`));
  const end = bytes.indexOf("\n\n");
  const head = bytes.subarray(0, end).toString().split("\n").join("\r\n");
  const { query, ...spec } = JSON.parse(readFileSync(join(folder, engine, `${name}.json`), "utf8"));
  return { engine, name, head, body: bytes.subarray(end + 2), query: { region: undefined, ...query }, ...spec };
}

export const engineKey = "test-key-of-an-engine";

/** An engine that is asked at `origin`, each under a path of its own. */
export function createEngineAt(id: SearchEngineId, pages: Pages, origin: string): SearchEngine {
  const key = engineKey;
  if (id === "searxng") return createSearxng({ pages, address: `${origin}/searx/` });
  if (id === "brave") return createBrave({ pages, address: `${origin}/brave`, key });
  if (id === "tavily") return createTavily({ pages, address: `${origin}/tavily`, key });
  return createDuckDuckGo({ pages, address: `${origin}/duckduckgo` });
}
