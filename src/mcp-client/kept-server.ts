import type { Clock } from "../lib/clock.ts";
import { openDeadline, within } from "../lib/deadline.ts";
import type { JsonObject } from "../lib/json.ts";
import type { Log } from "../lib/log.ts";
import { createRedactor } from "../lib/redactor.ts";
import { orAborted } from "../lib/pause.ts";
import { ApiError, toApiError } from "../protocol/errors.ts";
import { type Client, openClient, type ServerTool } from "./client.ts";
import { openHttpWire } from "./http-wire.ts";
import { openProgramWire } from "./program-wire.ts";
import type { McpServer } from "./servers.ts";
import type { ToolResult } from "./tool-result.ts";
import { forgotten, type Wire, type WireParts } from "./wire.ts";

/** A server that is started or connected to when it is first wanted, and again when it is gone. */
export interface KeptServer extends AsyncDisposable {
  /** @throws {ApiError} where it cannot be had; the reason of `signal` */
  listTools(signal: AbortSignal): Promise<readonly ServerTool[]>;
  /** @throws as `listTools` */
  call(tool: string, args: JsonObject, signal: AbortSignal, onProgress: (said: string) => void): Promise<ToolResult>;
  /** The tools that are known now, without asking. */
  readonly known: readonly ServerTool[] | undefined;
  /** Why it is not there; `undefined` where it is, or was never wanted. */
  readonly failure: string | undefined;
}

export interface KeptServerParts {
  readonly clock: Clock;
  readonly log: Log;
  /** Of us. */
  readonly version: string;
}

/** How long is waited before one that failed is tried again: twice as long each time. In milliseconds. */
const firstPauseMs = 1000;
const longestPauseMs = 60_000;
/** How long a list of tools holds where the server has no way to say that it changed, in milliseconds. */
const listMs = 60_000;
/** How long one that was silent throughout a call may take to say that it is there. */
const pingMs = 2000;

export function createKeptServer(server: McpServer, { clock, log, version }: KeptServerParts): KeptServer {
  const { name, timeoutMs } = server;
  const redact = createRedactor(server.secrets);
  const closing = new AbortController();
  let opening: Promise<Client> | undefined;
  let client: Client | undefined;
  let listing: Promise<readonly ServerTool[]> | undefined;
  let listed: { readonly tools: readonly ServerTool[]; readonly at: number; readonly change: number } | undefined;
  /** How often it has said that its list is another. */
  let changes = 0;
  let failure: ApiError | undefined;
  let failures = 0;
  let retryAt = 0;

  return {
    async listTools(signal) {
      if (listed?.change === changes && (client ?? opening) && !isStale(listed.at)) return listed.tools;
      // It goes on for the others where one of those who want it leaves.
      listing ??= list().finally(() => (listing = undefined));
      listing.catch(() => {});
      return orAborted(listing, signal);
    },
    async call(tool, args, signal, onProgress) {
      using deadline = openDeadline(signal, timeoutMs, tooLong);
      let hasSaid = false;
      const result = await askOnceMore(deadline.signal, async (asked) => {
        try {
          return await asked.call(tool, args, deadline.signal, (said) => {
            hasSaid = true;
            onProgress(said);
          });
        } catch (thrown) {
          if (deadline.signal.aborted && !signal.aborted && !hasSaid) void assertThere(asked);
          throw thrown;
        }
      });
      failures = 0;
      return result;
    },
    get known() {
      return listed?.tools;
    },
    get failure() {
      return client ? undefined : failure?.message;
    },
    async [Symbol.asyncDispose]() {
      closing.abort(new ApiError("shutting_down", `${name} is being ended, since the server stops`));
      const last = client ?? (await opening?.catch(() => undefined));
      await last?.[Symbol.asyncDispose]();
    },
  };

  async function list(): Promise<readonly ServerTool[]> {
    using deadline = openDeadline(closing.signal, timeoutMs, tooLong);
    const told = await askOnceMore(deadline.signal, async (asked) => {
      // What changes while it is told is asked for again by the next.
      const change = changes;
      return { tools: await asked.listTools(deadline.signal), change };
    });
    listed = { ...told, at: clock() };
    return told.tools;
  }

  /** Whoever finds that a server was started anew asks the new one. */
  async function askOnceMore<T>(signal: AbortSignal, ask: (asked: Client) => Promise<T>): Promise<T> {
    const asked = await open(signal);
    try {
      return await ask(asked);
    } catch (thrown) {
      if (!isForgotten(thrown)) throw thrown;
      return ask(await open(signal));
    }
  }

  /** A program says when its list changes; over HTTP that would take a stream that is held open. */
  function isStale(at: number): boolean {
    return "url" in server.address && clock() - at > listMs;
  }

  async function open(signal: AbortSignal): Promise<Client> {
    if (client) return client;
    if (!opening && clock() < retryAt && failure) throw failure;
    opening ??= start().finally(() => (opening = undefined));
    opening.catch(() => {});
    return orAborted(opening, signal);
  }

  async function start(): Promise<Client> {
    using deadline = openDeadline(closing.signal, timeoutMs, tooLong);
    try {
      const started = await openClient(
        { name, version, redact, note, open: openWire, onToolsChanged: () => changes++ },
        deadline.signal,
      );
      client = started;
      failure = undefined;
      log.info("an MCP server is up", { server: name });
      void started.ended.then((why) => end(started, why));
      return started;
    } catch (thrown) {
      fail(toApiError(thrown));
      throw thrown;
    }
  }

  function openWire(parts: WireParts): Wire {
    const { address } = server;
    return "url" in address
      ? openHttpWire(name, { ...address, silenceMs: timeoutMs }, redact, parts)
      : openProgramWire(name, address, parts);
  }

  function end(ended: Client, why: string): void {
    if (client !== ended) return;
    client = undefined;
    listed = undefined;
    if (!closing.signal.aborted && why !== forgotten) fail(new ApiError("upstream_failed", `${name} is gone: ${why}`));
    void ended[Symbol.asyncDispose]();
  }

  /** Whoever asks before the time is up is told the same. */
  function fail(why: ApiError): void {
    const pauseMs = Math.min(firstPauseMs * 2 ** failures++, longestPauseMs);
    retryAt = clock() + pauseMs;
    failure = why;
    if (!closing.signal.aborted) log.warn("an MCP server is down", { server: name, error: redact(why.message) });
  }

  /** One that hangs never answers anybody again: it is ended, and started anew for whoever comes next. */
  async function assertThere(silent: Client): Promise<void> {
    const answered = silent.ping(AbortSignal.any([AbortSignal.timeout(pingMs), closing.signal])).then(
      () => true,
      // What it refuses it has read.
      (thrown: unknown) => thrown instanceof ApiError && thrown.reason === "upstream_rejected",
    );
    if (!(await within(answered, pingMs + 1000))) end(silent, "it hangs");
  }

  function tooLong(): ApiError {
    return new ApiError("upstream_timeout", `${name} did not answer within ${timeoutMs / 1000} s`);
  }

  function note(said: string): void {
    log.debug("an MCP server says", { server: name, said: redact(said) });
  }
}

/** Its server was started anew. It has done nothing of what was asked. */
function isForgotten(thrown: unknown): boolean {
  return thrown instanceof ApiError && thrown.reason === "not_found";
}
