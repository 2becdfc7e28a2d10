import type { ApiError, ErrorCode } from "../protocol/errors.ts";
import { toFailure } from "../protocol/resources.ts";
import { asksGemini } from "./gemini/asks.ts";

/** What a failure is told in: a body, and the headers that its readers look for. */
export interface ToldFailure {
  readonly body: object;
  readonly headers?: Readonly<Record<string, string>>;
}

type Tell = (failure: ApiError, requestId: string) => ToldFailure;

/** Whose clients ask at an address, by its beginning. */
const dialects: readonly (readonly [RegExp, Tell])[] = [
  [/^\/v1\//, tellOpenai],
  [/^\/api\//, (failure) => ({ body: toOllamaFailure(failure) })],
  [/^\/mcp\/?$/, (failure) => ({ body: toRpcFailure(failure) })],
];

/** A failure in the words of those who asked: another's API, or our own. */
export function tellFailure(failure: ApiError, request: Request, requestId: string): ToldFailure {
  const { url } = request;
  const { pathname } = new URL(url, "http://localhost");
  if (asksGemini(request)) return tellGemini(failure, new URL(url, "http://localhost"));
  if (isAnthropics(request, pathname)) return tellAnthropic(failure, requestId);
  const tell = dialects.find(([path]) => path.test(pathname))?.[1];
  return tell ? tell(failure, requestId) : { body: toFailure(failure) };
}

/** Both have their models at one address, and Anthropic's clients say who they are. */
export function isAnthropics({ headers }: Request, path: string): boolean {
  return /^\/v1\/messages(\/|$)/.test(path) || (/^\/v1\/models(\/|$)/.test(path) && headers.has("anthropic-version"));
}

function tellOpenai(failure: ApiError): ToldFailure {
  return { body: toOpenaiFailure(failure) };
}

function tellAnthropic(failure: ApiError, requestId: string): ToldFailure {
  return { body: { ...toAnthropicFailure(failure), request_id: requestId }, headers: { "request-id": requestId } };
}

/** https://platform.openai.com/docs/guides/error-codes */
export function toOpenaiFailure(failure: ApiError) {
  const { message, reason, status } = failure;
  return { error: { message, type: openaiType(status), param: null, code: openaiCodes[reason] ?? reason } };
}

/** What their clients compare with; any other code is ours. */
const openaiCodes: Partial<Record<ErrorCode, string>> = {
  context_exceeded: "context_length_exceeded",
  access_denied: "invalid_api_key",
  rate_limited: "rate_limit_exceeded",
  budget_spent: "insufficient_quota",
  payment_required: "insufficient_quota",
};

function openaiType(status: number): string {
  if (status === 401) return "authentication_error";
  if (status === 403) return "permission_error";
  if (status === 402) return "insufficient_quota";
  if (status === 429) return "rate_limit_error";
  return status < 500 ? "invalid_request_error" : "server_error";
}

/** https://docs.anthropic.com/en/api/errors */
export function toAnthropicFailure({ message, status }: ApiError) {
  return { type: "error", error: { type: anthropicType(status), message } };
}

function anthropicType(status: number): string {
  switch (status) {
    case 401:
      return "authentication_error";
    case 402:
      return "billing_error";
    case 403:
      return "permission_error";
    case 404:
      return "not_found_error";
    case 413:
      return "request_too_large";
    case 429:
      return "rate_limit_error";
    case 503:
      return "overloaded_error";
    case 504:
      return "timeout_error";
    default:
      return status < 500 ? "invalid_request_error" : "api_error";
  }
}

/** https://github.com/ollama/ollama/blob/main/docs/api.md */
export function toOllamaFailure({ message }: ApiError) {
  return { error: message };
}

/** Where a stream was asked for as an array, a failure is its one element. */
function tellGemini(failure: ApiError, { pathname, searchParams }: URL): ToldFailure {
  const body = toGeminiFailure(failure);
  return { body: pathname.endsWith(":streamGenerateContent") && searchParams.get("alt") !== "sse" ? [body] : body };
}

/** https://google.aip.dev/193 */
export function toGeminiFailure({ message, status }: ApiError) {
  return { error: { code: status, message, status: geminiStatus(status) } };
}

function geminiStatus(status: number): string {
  switch (status) {
    case 401:
      return "UNAUTHENTICATED";
    case 402:
    case 403:
      return "PERMISSION_DENIED";
    case 404:
      return "NOT_FOUND";
    case 409:
      return "ABORTED";
    case 429:
      return "RESOURCE_EXHAUSTED";
    case 499:
      return "CANCELLED";
    case 501:
      return "UNIMPLEMENTED";
    case 502:
    case 503:
      return "UNAVAILABLE";
    case 504:
      return "DEADLINE_EXCEEDED";
    default:
      return status < 500 ? "INVALID_ARGUMENT" : "INTERNAL";
  }
}

/** https://www.jsonrpc.org/specification#error_object: codes from -32099 to -32000 are a server's own. */
function toRpcFailure({ message, reason }: ApiError) {
  const known: Partial<Record<ErrorCode, number>> = { invalid_json: -32700, invalid_request: -32600, internal: -32603 };
  return { jsonrpc: "2.0", id: null, error: { code: known[reason] ?? -32000, message, data: { code: reason } } };
}
