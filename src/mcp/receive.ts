import { at, isObject } from "../lib/json.ts";
import {
  idOf,
  parseMessage,
  RpcError,
  rpcCodes,
  type RpcMessage,
  type RpcResponse,
  toErrorResponse,
} from "./json-rpc.ts";
import { readProgressToken } from "./progress.ts";
import type { Asking, McpServer } from "./server.ts";

/**
 * Does what a message says, whatever it is. Gives what it is answered, where it is to be: `undefined` once it was cancelled.
 * Never throws, nor rejects.
 */
export function receive(
  value: unknown,
  server: McpServer,
  asking: Asking,
): Promise<RpcResponse | undefined> | undefined {
  const message = tryParse(value);
  if ("jsonrpc" in message) return Promise.resolve(message);
  if (message.is === "request") return server.answer(message, asking);
  if (message.is === "notification") server.take(message, asking);
  return undefined;
}

/** Whether a message asks to be told how far it is. */
export function wantsNews(value: unknown): boolean {
  const params = at(value, "params");
  return isObject(params) && readProgressToken(params) !== undefined;
}

/** What came was no message. */
export function isRefused(response: RpcResponse): boolean {
  return "error" in response && response.error.code === rpcCodes.invalidRequest;
}

function tryParse(value: unknown): RpcMessage | RpcResponse {
  try {
    return parseMessage(value);
  } catch (thrown) {
    if (thrown instanceof RpcError) return toErrorResponse(thrown, idOf(value));
    throw thrown;
  }
}
