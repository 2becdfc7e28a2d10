import { isObject, type JsonObject } from "../lib/json.ts";

/** https://www.jsonrpc.org/specification, as MCP has it: an id is never null. */
export type RequestId = string | number;

export interface RpcRequest {
  readonly is: "request";
  readonly id: RequestId;
  readonly method: string;
  readonly params: JsonObject;
}

export interface RpcNotification {
  readonly is: "notification";
  readonly method: string;
  readonly params: JsonObject;
}

/** What came; a response is to a question that we never ask. */
export type RpcMessage = RpcRequest | RpcNotification | { readonly is: "response" };

export type RpcResponse = { readonly jsonrpc: "2.0"; readonly id: RequestId | null } & (
  | { readonly result: object }
  | { readonly error: { readonly code: number; readonly message: string; readonly data?: object } }
);

/** What is said without being asked. */
export interface RpcNotice {
  readonly jsonrpc: "2.0";
  readonly method: string;
  readonly params: object;
}

export const rpcCodes = {
  parseError: -32700,
  invalidRequest: -32600,
  methodNotFound: -32601,
  invalidParams: -32602,
  internal: -32603,
  /** MCP's own. */
  resourceNotFound: -32002,
  /** Ours: the failure's own code is in `data`. */
  failed: -32000,
} as const;

/** A request that cannot be answered; `message` is public. */
export class RpcError extends Error {
  constructor(
    readonly code: number,
    message: string,
    readonly data?: object,
  ) {
    super(message);
    this.name = "RpcError";
  }
}

/** Longest id and name of a method, in characters: both are repeated. */
const maxNameLength = 256;

/** @throws {RpcError} for what is no message of JSON-RPC 2.0 */
export function parseMessage(value: unknown): RpcMessage {
  if (!isObject(value) || value.jsonrpc !== "2.0") throw invalid('expected an object with "jsonrpc": "2.0"');
  const { id, method, params = {} } = value;
  if (method === undefined && ("result" in value || "error" in value)) return { is: "response" };
  if (typeof method !== "string" || method.length > maxNameLength) throw invalid("method: expected a name");
  if (!isObject(params)) throw invalid("params: expected an object");
  if (id === undefined) return { is: "notification", method, params };
  if (!isRequestId(id)) throw invalid(`id: expected a number, or at most ${maxNameLength} characters`);
  return { is: "request", id, method, params };
}

export function isRequestId(value: unknown): value is RequestId {
  // A number that is too large for us would be said again as null.
  return typeof value === "string" ? value.length <= maxNameLength : Number.isFinite(value);
}

/** What a message is answered that is none. */
export function toErrorResponse({ code, message, data }: RpcError, id: RequestId | null): RpcResponse {
  return { jsonrpc: "2.0", id, error: { code, message, ...(data && { data }) } };
}

/** The id that a message has which is none otherwise. */
export function idOf(value: unknown): RequestId | null {
  return isObject(value) && isRequestId(value.id) ? value.id : null;
}

function invalid(why: string): RpcError {
  return new RpcError(rpcCodes.invalidRequest, `this is no message of JSON-RPC 2.0: ${why}`);
}
