import { isObject } from "../../src/lib/json.ts";
import { errorCodes } from "../../src/protocol/errors.ts";
import type { Answer, NoAnswer } from "./exchange.ts";

/** What an answer is held against. */
export interface Asked {
  readonly method: string;
  /** As it was sent. */
  readonly path: string;
  /** All that was sent, as it is and decoded: what stands there may come back. */
  readonly sent: string;
  /** Whether headers were sent that Bun refuses by itself, without a word: too many, too long, or no headers at all. */
  readonly isRude: boolean;
}

/** What must never be in an answer: keys, and what lies outside the data directory. */
export interface Secrets {
  readonly keys: readonly string[];
  readonly places: readonly string[];
}

/** Those of our own 5xx that may come where nobody else is asked. */
const own = new Set(["not_offered", "shutting_down"]);
/** Those that say something of a vendor. */
const vendors = new Set(["upstream_failed", "upstream_timeout", "no_media"]);
/** Where vendors are asked: answers, speech, recordings, vectors, lists of models, balances. */
const asksVendors =
  /^\/(v1|v1beta|api|mcp)(\/|$|\?)|^\/backend-api\/v2\/(conversation|create|synthesize|transcribe|voices|models|quota|provider-keys|memory|files|runs|tools|chat)/;

/** The codes of the table that are failures of a server, and no accident. A new one is chosen here as well, and for whom. */
const statusOf = new Map<string, number>(Object.entries(errorCodes).map(([code, { status }]) => [code, status]));

/** Words of a program's own failures, of SQLite, of stacks. */
const inside =
  /\bat (?:async )?[\w.<>$]+ \([^)]*:\d+:\d+\)|\bat \/|\.(?:ts|js):\d+|SQLITE_|fts5: |no such (?:column|table)|unable to use function|is not a function|is not an object|Cannot read prop|undefined is not|ENOENT|EACCES|\[object Object\]|\$bunfs/;

/** Says what is wrong with an answer; nothing where all is well. */
export function judge(asked: Asked, answer: Answer | NoAnswer, secrets: Secrets): string | undefined {
  if (typeof answer === "string") return asked.isRude && answer === "closed" ? undefined : `no answer: ${answer}`;
  const { status, headers, body } = answer;
  if (asked.isRude && (status === 400 || status === 431) && body.byteLength === 0) return undefined;
  const text = body.toString();
  const leaked = findLeak(text, headers, asked, secrets);
  if (leaked) return leaked;
  for (const name of ["x-request-id", "x-content-type-options"])
    if (!headers.has(name)) return `${status} without ${name}`;
  if (headers.has("x-injected")) return "a header was injected";
  if (status < 400) return undefined;
  const failed = judgeStatus(asked, status, headers, text);
  if (failed || asked.method === "HEAD") return failed;
  if (isPage(asked.path, headers)) return undefined;
  if (!headers.get("content-type")?.startsWith("application/json"))
    return `${status} as ${headers.get("content-type")}: ${text.slice(0, 200)}`;
  if (inside.test(text) && !inside.test(asked.sent)) return `what is inside is told: ${text.slice(0, 300)}`;
  return judgeShape(asked.path, status, text);
}

/** Whoever opens a shared chat that is gone is shown a page that says so. */
function isPage(path: string, headers: Answer["headers"]): boolean {
  return path.includes("/share/") && headers.get("content-type")?.startsWith("text/html") === true;
}

function findLeak(
  text: string,
  headers: Answer["headers"],
  { path, sent }: Asked,
  { keys, places }: Secrets,
): string | undefined {
  const all = text + [...headers.values()].join("\n");
  // Which file they stand in, an admin is told along with the settings.
  const secrets = path.includes("/settings") ? keys : [...keys, ...places];
  const found = secrets.find((secret) => all.includes(secret) && !sent.includes(secret));
  return found && `${found} is told: ${all.slice(0, 300)}`;
}

function judgeStatus({ path, method }: Asked, status: number, headers: Answer["headers"], text: string) {
  if (status < 500) return undefined;
  if ((status === 503 || status === 429) && !headers.has("retry-after")) return `${status} without Retry-After`;
  if (status === 503) return undefined;
  const mayAsk = asksVendors.test(toRouted(path));
  // Without a body its code is not known.
  if (method === "HEAD" && (status === 501 || (mayAsk && [502, 504].includes(status)))) return undefined;
  const code = codeOf(text);
  const isChosen = [...own, ...(mayAsk ? vendors : [])].some(
    (each) => statusOf.get(each) === status && (code === undefined || code === each),
  );
  return isChosen ? undefined : `${status}, which was not chosen: ${text.slice(0, 300)}`;
}

/** As Bun and the router read it: `/x/../v1/models` is `/v1/models`. */
function toRouted(path: string): string {
  const { pathname } = new URL(URL.canParse(path, "http://localhost") ? path : "/", "http://localhost");
  try {
    return decodeURIComponent(pathname);
  } catch {
    return pathname;
  }
}

/** In our own words; others' APIs have codes of their own. */
function codeOf(text: string): string | undefined {
  const code = /"code":"(\w+)"/.exec(text)?.[1];
  return code !== undefined && statusOf.has(code) ? code : undefined;
}

type Shape = (body: unknown, status: number) => boolean;

const isText = (value: unknown) => typeof value === "string" && value.length > 0;

const shapes = {
  own: (body, status) =>
    isObject(body) &&
    isObject(body.error) &&
    isText(body.error.message) &&
    statusOf.get(String(body.error.code)) === status,
  openai: (body) => isObject(body) && isObject(body.error) && isText(body.error.message) && isText(body.error.type),
  anthropic: (body) =>
    isObject(body) &&
    body.type === "error" &&
    isObject(body.error) &&
    isText(body.error.message) &&
    isText(body.error.type),
  ollama: (body) => isObject(body) && isText(body.error),
  gemini: (body, status) => {
    const [only] = [body].flat();
    const error = isObject(only) ? only.error : undefined;
    return isObject(error) && error.code === status && isText(error.message) && isText(error.status);
  },
  rpc: (body) =>
    [body]
      .flat()
      .every((each) => isObject(each) && each.jsonrpc === "2.0" && isObject(each.error) && isText(each.error.message)),
} as const satisfies Record<string, Shape>;

/** Whose clients ask at an address that is spelled plainly. */
const owners: readonly (readonly [RegExp, readonly (keyof typeof shapes)[]])[] = [
  [/^\/v1\/messages(\/|$)/, ["anthropic"]],
  [/^\/v1\/models(\/|$)/, ["openai", "anthropic", "gemini"]],
  [/^\/v1\//, ["openai"]],
  [/^\/v1beta\//, ["gemini"]],
  [/^\/api\//, ["ollama"]],
  [/^\/mcp\/?$/, ["rpc"]],
  [/^\/[a-z]/, ["own"]],
];

function judgeShape(path: string, status: number, text: string): string | undefined {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return `${status}, which is not JSON: ${text.slice(0, 200)}`;
  }
  const plain = path.replace(/\?.*/s, "");
  const isPlain = /^(\/[\w.:-]+)+$/.test(plain) && !plain.includes("/.");
  const expected = isPlain ? owners.find(([owner]) => owner.test(plain))?.[1] : undefined;
  const fitting = expected ?? (Object.keys(shapes) as (keyof typeof shapes)[]);
  return fitting.some((name) => shapes[name](body, status))
    ? undefined
    : `${status} in another shape than ${fitting.join()}: ${text.slice(0, 300)}`;
}
