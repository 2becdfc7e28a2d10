import type { JsonObject } from "../lib/json.ts";
import { createSemaphore } from "../lib/semaphore.ts";
import type { Caller } from "../protocol/caller.ts";
import { ApiError, toApiError } from "../protocol/errors.ts";
import type { MediaRow } from "../store/media.ts";
import { forRevision } from "./content.ts";
import {
  isRequestId,
  RpcError,
  rpcCodes,
  type RpcNotice,
  type RpcNotification,
  type RpcRequest,
  type RpcResponse,
  toErrorResponse,
} from "./json-rpc.ts";
import type { McpParts } from "./parts.ts";
import { createReport, readProgressToken } from "./progress.ts";
import { listResources, listTemplates, readResource } from "./resources.ts";
import { negotiateRevision } from "./revision.ts";
import { createRunningCalls } from "./running-calls.ts";
import { callTool, listTools } from "./tools.ts";

/** A client's connection, or what stands for one. */
export interface Asking {
  readonly caller: Caller;
  /** Tells this client from others, as far as that is known: calls are cancelled by their client alone. */
  readonly client: string;
  /** Aborts when the client has left. */
  readonly signal: AbortSignal;
  /** That it speaks. */
  readonly revision: string;
  readonly notify: (notice: RpcNotice) => void;
  readonly locate: (medium: MediaRow) => string;
}

/**
 * Parley as a server of the Model Context Protocol (https://modelcontextprotocol.io/specification/2025-11-25). It keeps
 * nothing of a client but what it is being answered.
 */
export interface McpServer {
  /** Never throws; `undefined` for what was cancelled, which is not answered. */
  answer(request: RpcRequest, asking: Asking): Promise<RpcResponse | undefined>;
  take(notification: RpcNotification, asking: Pick<Asking, "client">): void;
}

const instructions =
  "Parley gives you the web (web_search, read_page), other models (ask_model, generate_image, speak), and what its person keeps: files (search_files) and memories (search_memory). What was made, and files, are resources.";

/** Of resources, each of which is in memory four times while it becomes text; arbitrary. */
const maxReading = 4;

type Method = (params: JsonObject, asking: Asking) => Promise<object>;

export function createMcpServer(parts: McpParts): McpServer {
  const running = createRunningCalls(parts.maxCalls);
  const reading = createSemaphore(maxReading);

  /** They wait for nothing, so that a client is told that we are there, whatever else is being answered. */
  const immediate: Readonly<Record<string, (params: JsonObject) => object>> = {
    initialize: ({ protocolVersion }) => ({
      protocolVersion: negotiateRevision(protocolVersion),
      capabilities: { tools: {}, resources: {} },
      serverInfo: { name: "parley", title: "Parley", version: parts.version },
      instructions,
    }),
    ping: () => ({}),
    "tools/list": listTools,
    "resources/templates/list": listTemplates,
  };
  const methods: Readonly<Record<string, Method>> = {
    async "tools/call"(params, { caller, signal, revision, notify, locate }) {
      const report = createReport(readProgressToken(params), notify);
      return forRevision(await callTool(params, { parts, caller, signal, locate, report }), revision);
    },
    "resources/list": (params, { caller }) => listResources(params, parts, caller),
    "resources/read": (params, { caller }) => reading.run(() => readResource(params, parts, caller)),
  };

  return {
    async answer({ id, method, params }, asking) {
      const saying = Object.hasOwn(immediate, method) ? immediate[method] : undefined;
      if (saying) return { jsonrpc: "2.0", id, result: saying(params) };
      const answering = Object.hasOwn(methods, method) ? methods[method] : undefined;
      if (!answering) return toErrorResponse(new RpcError(rpcCodes.methodNotFound, "there is no such method"), id);
      try {
        using call = running.begin(asking.client, id, asking.signal);
        try {
          const result = await answering(params, { ...asking, signal: call.signal });
          return call.signal.aborted ? undefined : { jsonrpc: "2.0", id, result };
        } catch (thrown) {
          if (call.signal.aborted) return undefined;
          throw thrown;
        }
      } catch (thrown) {
        return toErrorResponse(toRpcError(thrown), id);
      }
    },
    take({ method, params: { requestId } }, { client }) {
      if (method === "notifications/cancelled" && isRequestId(requestId)) running.cancel(client, requestId);
    },
  };

  function toRpcError(thrown: unknown): RpcError {
    if (thrown instanceof RpcError) return thrown;
    const failure = toApiError(thrown);
    if (failure.reason === "internal") parts.log.error("a request of MCP failed inside the server", { error: thrown });
    return new RpcError(codeOf(failure), failure.message, { code: failure.reason });
  }
}

function codeOf({ reason }: ApiError): number {
  if (reason === "not_found") return rpcCodes.resourceNotFound;
  if (reason === "invalid_request") return rpcCodes.invalidParams;
  return reason === "internal" ? rpcCodes.internal : rpcCodes.failed;
}
