import type { JsonObject } from "../lib/json.ts";
import { lazily } from "../lib/lazily.ts";
import { suggestion } from "../lib/nearest.ts";
import type { ChatRequest } from "../protocol/chat.ts";
import { ApiError, toApiError } from "../protocol/errors.ts";
import type { ToolServer } from "../protocol/tools.ts";
import type { ServerTool } from "./client.ts";
import type { HttpAddress } from "./http-wire.ts";
import type { KeptServer, KeptServerParts } from "./kept-server.ts";
import type { ProgramAddress } from "./program-wire.ts";
import type { ToolResult } from "./tool-result.ts";

/** An MCP server as the operator has set it up. */
export interface McpServer {
  readonly name: string;
  readonly address: ProgramAddress | Omit<HttpAddress, "silenceMs">;
  /** The names of its tools that may be called; `*` for all. */
  readonly allowed: readonly string[];
  /** Longest time for a call, and for its start. */
  readonly timeoutMs: number;
  /** Whether its tools are offered where a request does not say which. */
  readonly isAlways: boolean;
  /** What nobody may see. */
  readonly secrets: readonly string[];
}

/** The MCP servers that are set up. None is started before it is wanted. */
export interface McpServers extends AsyncDisposable {
  /** What a request wants of them. @throws {ApiError} `invalid_request` for what is not there or not allowed */
  choose(asked: ChatRequest["mcp"]): readonly Chosen[];
  /** The tools of what was chosen. Why some cannot be had is noted. @throws the reason of `signal` */
  offer(
    chosen: readonly Chosen[],
    signal: AbortSignal,
    note: (server: string, log: string) => void,
  ): Promise<readonly McpTool[]>;
  /** All of them; with `isAsking` those that are not up are started, to say what they offer. */
  look(isAsking: boolean, signal: AbortSignal): Promise<ToolServer[]>;
}

/** A server, and its tools that are wanted: all that are allowed, if none is named. */
export interface Chosen {
  readonly server: string;
  readonly tools: readonly string[] | undefined;
}

/** A tool that may be called. */
export interface McpTool extends ServerTool {
  readonly server: string;
  /** @throws {ApiError} where it could not be called; the reason of `signal` */
  call(args: JsonObject, signal: AbortSignal, onProgress: (said: string) => void): Promise<ToolResult>;
}

interface Entry {
  readonly server: McpServer;
  readonly kept: () => Promise<KeptServer>;
  /** Where it was wanted. */
  begun: KeptServer | undefined;
}

export function createMcpServers(servers: readonly McpServer[], parts: KeptServerParts): McpServers {
  const entries = new Map(servers.map((server) => [server.name, toEntry(server)]));
  let isClosed = false;

  return {
    choose(asked) {
      if (asked === true) return servers.map(({ name }) => ({ server: name, tools: undefined }));
      if (asked == null)
        return servers.filter(({ isAlways }) => isAlways).map(({ name: server }) => ({ server, tools: undefined }));
      return asked === false ? [] : chooseNamed(asked);
    },
    async offer(chosen, signal, note) {
      const offered = await Promise.all(chosen.map((each) => toolsOf(each, signal, (log) => note(each.server, log))));
      return offered.flat();
    },
    look: (isAsking, signal) => Promise.all([...entries.values()].map((entry) => lookAt(entry, isAsking, signal))),
    async [Symbol.asyncDispose]() {
      isClosed = true;
      await Promise.all([...entries.values()].map(({ begun }) => begun?.[Symbol.asyncDispose]()));
    },
  };

  function toEntry(server: McpServer): Entry {
    const kept = lazily(async () => {
      const { createKeptServer } = await import("./kept-server.ts");
      if (isClosed) throw new ApiError("shutting_down", "the server is stopping; try again in a moment");
      return (entry.begun = createKeptServer(server, parts));
    });
    const entry: Entry = { server, kept, begun: undefined };
    return entry;
  }

  function chooseNamed(names: readonly string[]): Chosen[] {
    const wanted = new Map<string, string[] | undefined>();
    for (const name of names) {
      const slash = name.indexOf("/");
      const server = slash === -1 ? name : name.slice(0, slash);
      const entry = getEntry(server);
      if (slash === -1) wanted.set(server, undefined);
      else if (!wanted.has(server) || wanted.get(server)) {
        const tool = name.slice(slash + 1);
        assertTool(entry, tool);
        wanted.set(server, [...(wanted.get(server) ?? []), tool]);
      }
    }
    return [...wanted].map(([server, tools]) => ({ server, tools }));
  }

  function getEntry(name: string): Entry {
    const entry = entries.get(name);
    if (entry) return entry;
    const known = [...entries.keys()];
    const cure =
      known.length === 0
        ? "; none is set up (mcp_servers in parley.yaml)"
        : suggestion(name, known) || `; there are ${known.join(", ")}`;
    throw new ApiError("invalid_request", `mcp: there is no server ${JSON.stringify(name)}${cure}`);
  }

  /** Where all are allowed, it is known once the server has told of them. */
  function assertTool({ server, begun }: Entry, tool: string): void {
    const isAll = server.allowed.includes("*");
    const known = isAll ? begun?.known?.map(({ name }) => name) : server.allowed;
    if (known === undefined || known.includes(tool)) return;
    const cure =
      suggestion(tool, known) || (isAll ? "" : `; its tools in parley.yaml are ${known.join(", ") || "none"}`);
    throw new ApiError("invalid_request", `mcp: ${server.name} offers no tool ${JSON.stringify(tool)}${cure}`);
  }

  async function toolsOf(
    { server: name, tools }: Chosen,
    signal: AbortSignal,
    note: (log: string) => void,
  ): Promise<McpTool[]> {
    const entry = getEntry(name);
    if (entry.server.allowed.length === 0) {
      note(noneAllowed);
      return [];
    }
    try {
      const kept = await entry.kept();
      const told = allowedOf(entry.server, await kept.listTools(signal));
      const wanted = told.filter(({ name }) => tools === undefined || tools.includes(name));
      for (const each of tools ?? entry.server.allowed)
        if (each !== "*" && !told.some(({ name }) => name === each)) note(`it has no tool ${each}`);
      return wanted.map((tool) => ({
        ...tool,
        server: name,
        call: (args, signal, onProgress) => kept.call(tool.name, args, signal, onProgress),
      }));
    } catch (thrown) {
      signal.throwIfAborted();
      note(`its tools are not offered: ${toApiError(thrown).message}`);
      return [];
    }
  }

  async function lookAt({ server, kept, begun }: Entry, isAsking: boolean, signal: AbortSignal): Promise<ToolServer> {
    const { name, isAlways: always, allowed } = server;
    const one = isAsking ? await kept() : begun;
    const failure = isAsking ? await one?.listTools(signal).then(() => undefined, toApiError) : undefined;
    signal.throwIfAborted();
    const told = one?.known && allowedOf(server, one.known);
    const why = failure?.message ?? one?.failure;
    return {
      name,
      state: why !== undefined ? "down" : told ? "up" : "unknown",
      reason: why ?? (allowed.length === 0 ? noneAllowed : null),
      always,
      tools: told ? told.map(toInfo) : allowed.filter((each) => each !== "*").map(toNameAlone),
    };
  }
}

const noneAllowed = "none of its tools may be called: name them in parley.yaml";

function allowedOf({ allowed }: McpServer, tools: readonly ServerTool[]): readonly ServerTool[] {
  return allowed.includes("*") ? tools : tools.filter(({ name }) => allowed.includes(name));
}

function toInfo({ name, title, description }: ServerTool): ToolServer["tools"][number] {
  return { name, title: title ?? null, description: description ?? null };
}

function toNameAlone(name: string): ToolServer["tools"][number] {
  return { name, title: null, description: null };
}
