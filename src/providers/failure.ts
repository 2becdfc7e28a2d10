import { arrayAt, at, isObject, textAt, tryParseJson } from "../lib/json.ts";
import { oneLine } from "../lib/text.ts";
import { ApiError, type ErrorCode } from "../protocol/errors.ts";

/** Who failed, and how a person would mend a missing key. */
export interface FailureContext {
  readonly provider: string;
  /** Where the server's key is set: `OPENAI_API_KEY`. */
  readonly keySetting: string | undefined;
  /** Values that must not appear in a message, the key first of all. */
  readonly redact: (text: string) => string;
  /** A vendor's own way to say what a status means. */
  readonly classify?: (status: number, body: unknown) => ErrorCode | undefined;
}

/** An upstream's refusal, from its status, headers and the beginning of its body. */
export function fromResponse(response: Response, body: string, context: FailureContext): ApiError {
  const json = tryParseJson(body);
  const said = vendorMessage(json);
  const sure = context.classify?.(response.status, json);
  const byStatus = codeOfStatus(response.status);
  const code = sure ?? codeOfWords(response.status, said) ?? byStatus;
  const brief = `${context.provider} answered ${response.status}`;
  const told = said === undefined ? brief : `${brief}: ${oneLine(context.redact(said), 300)}`;
  return new ApiError(code, code === "missing_auth" ? `${told.replace(/\.$/, "")}; ${keyAdvice(context)}` : told, {
    retryAfterMs: [429, 503].includes(response.status)
      ? (retryAfter(response.headers.get("retry-after")) ?? retryDelay(json))
      : undefined,
    isHearsay: sure === undefined && code !== byStatus,
    brief,
  });
}

/** An error that came inside a stream that had begun well. */
export function fromStreamError(error: unknown, code: ErrorCode, context: FailureContext): ApiError {
  const said = vendorMessage(error) ?? "it gave no reason";
  const brief = `${context.provider} broke off`;
  return new ApiError(code, `${brief}: ${oneLine(context.redact(said), 300)}`, { brief });
}

/** No answer at all. `thrown` is what fetch rejected with. */
export function fromConnection(thrown: unknown, address: string, provider: string): ApiError {
  if (thrown instanceof ApiError) return thrown;
  const code = textAt(thrown, "code") ?? "";
  const where = new URL(address).host;
  const text = /refused/i.test(code)
    ? `${provider} is not reachable: ${where} refused the connection; is it running, and is the address right?`
    : `${provider} is not reachable: the connection to ${where} failed`;
  return new ApiError("upstream_failed", text, { cause: thrown });
}

export function missingKey(context: Pick<FailureContext, "provider" | "keySetting">): ApiError {
  return new ApiError("missing_auth", `no key for ${context.provider}; ${keyAdvice(context)}`);
}

export function codeOfStatus(status: number): ErrorCode {
  if (status === 401 || status === 403) return "missing_auth";
  if (status === 402) return "payment_required";
  if (status === 404 || status === 410) return "model_not_found";
  if (status === 408 || status === 504) return "upstream_timeout";
  if (status === 429) return "rate_limited";
  return status >= 400 && status < 500 ? "upstream_rejected" : "upstream_failed";
}

/** What vendors say in words, under a status that means something else elsewhere. */
function codeOfWords(status: number, said = ""): ErrorCode | undefined {
  if (![400, 403, 404, 413, 422].includes(status)) return undefined;
  return words.find(([, pattern]) => pattern.test(said.slice(0, 2000)))?.[0];
}

const words: readonly (readonly [ErrorCode, RegExp])[] = [
  [
    "context_exceeded",
    /context[_ ](length|window|size)|prompt is too long|too many (input )?tokens|(input|prompt) tokens? (count|limit).*exceed|exceeds? the (maximum|available|model).*(token|context)|maximum.*tokens? allowed/i,
  ],
  [
    "tools_unsupported",
    /does not support (tools?|function|tool[- ]?(use|calling))|tools? (is|are) not supported|tool[- ]?(use|calling|calls) (is )?not supported|support tool use|function calling is not (enabled|supported)/i,
  ],
  ["missing_auth", /(incorrect|invalid) api[- _]?key|api[- _]?key (is )?(not valid|invalid)/i],
  [
    "payment_required",
    /(run out of|insufficient|used all|not enough)( available)? (credits?|balance|funds)|(credit|spending) limit|requires? an? .{0,40}\bplan\b/i,
  ],
  ["upstream_rejected", /moderation|flagged|guardrail/i],
  [
    "model_not_found",
    /(invalid|unknown|not a valid) model|model .{0,120}(not found|does not exist|not available|is not valid)/i,
  ],
];

function keyAdvice({ keySetting }: Pick<FailureContext, "keySetting">): string {
  return keySetting === undefined ? "send api_key" : `set ${keySetting} or send api_key`;
}

/** Google puts an error into an array of one where a stream was asked for. */
function documentOf(json: unknown): unknown {
  return Array.isArray(json) ? arrayAt(json)[0] : json;
}

/** The sentence for people in a vendor's error; never the body itself, which may be a page or hold anything. */
function vendorMessage(json: unknown): string | undefined {
  const body = documentOf(json);
  if (!isObject(body)) return undefined;
  const said =
    textAt(body, "error", "message") ??
    textAt(body, "error") ??
    textAt(body, "message") ??
    textAt(body, "detail") ??
    textAt(body, "detail", "message") ??
    textAt(body, "errors", 0, "message") ??
    textAt(body, "error_message");
  return said ?? complaint(at(body, "detail")) ?? complaint(at(body, "message", "detail"));
}

/** Servers that check with pydantic list what they do not like: `[{"loc": ["body", "seed"], "msg": "…"}]`. */
function complaint(detail: unknown): string | undefined {
  const said = textAt(detail, 0, "msg");
  return said === undefined ? undefined : [...arrayAt(detail, 0, "loc").slice(1), said].join(": ");
}

/** Google's RetryInfo, in the body: `"retryDelay": "34s"`. */
function retryDelay(json: unknown): number | undefined {
  const delays = arrayAt(documentOf(json), "error", "details").map((detail) => textAt(detail, "retryDelay"));
  const seconds = Number(/^([\d.]+)s$/.exec(delays.find((delay) => delay !== undefined) ?? "")?.[1]);
  return Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : undefined;
}

/** RFC 9110 §10.2.3: seconds, or a date. A time that is none says nothing. */
function retryAfter(value: string | null): number | undefined {
  const told = value?.trim() ?? "";
  const isDate = /^[A-Za-z]{3,9}, /.test(told);
  const seconds = /^\d+(\.\d+)?$/.test(told) ? Number(told) : isDate ? (Date.parse(told) - Date.now()) / 1000 : NaN;
  return Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : undefined;
}
