import type { RecordedRequest, Step } from "../support/scripted-upstream.ts";

/** A vendor that says again all that it was sent, each time in another way: which way stands in the model's name. */
export function echo(request: RecordedRequest): readonly Step[] {
  const way = /m-([a-z]+)/.exec(request.body + request.path)?.[1] ?? "refusal";
  const said = `${request.path} ${Object.entries(request.headers)
    .map(([name, value]) => `${name}: ${value}`)
    .join(", ")}`;
  const json = JSON.stringify({ error: { message: said, type: said, code: said, param: said } });
  return ways[way]?.(said, json) ?? answer("401 Unauthorized", json);
}

const answer = (status: string, body: string, more = "", type = "application/json"): readonly Step[] => [
  `HTTP/1.1 ${status}\r\ncontent-type: ${type}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n${more}connection: close\r\n\r\n${body}`,
  "close",
];

const ways: Readonly<Record<string, (said: string, json: string) => readonly Step[]>> = {
  refusal: (_, json) => answer("401 Unauthorized", json),
  bad: (_, json) => answer("400 Bad Request", json),
  limit: (_, json) => answer("429 Too Many Requests", json, "retry-after: 1\r\n"),
  broken: (_, json) => answer("500 Internal Server Error", json),
  text: (said) => answer("502 Bad Gateway", said, "", "text/plain"),
  header: (said, json) =>
    answer("403 Forbidden", json, `www-authenticate: Bearer realm="${said}"\r\nx-request-id: ${said}\r\n`),
  redirect: (said) => answer("302 Found", "", `location: http://127.0.0.1:1/?said=${encodeURIComponent(said)}\r\n`),
  parse: (said) => answer("200 OK", `{ "choices": ${said}`),
  stream: (_, json) => answer("200 OK", `data: ${json}\n\n`, "", "text/event-stream"),
  garbage: (said) => answer("200 OK", `data: {${said}\n\n`, "", "text/event-stream"),
  cut: (said) => [
    `HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncontent-length: 100000\r\n\r\n: ${said}\n\n`,
    "reset",
  ],
  reset: () => ["reset"],
  nonsense: (said) => [`${said}\r\n\r\n`, "close"],
};

export const models = Object.keys(ways).map((way) => `m-${way}`);
