import { Type } from "@sinclair/typebox";
import { Elysia } from "elysia";
import { answers } from "../http/answers.ts";
import { header } from "../http/headers.ts";
import { jsonBody } from "../http/json-body.ts";
import { jsonText } from "../http/json-text.ts";
import { upTo } from "../http/query.ts";
import { toTime } from "../lib/clock.ts";
import { createRedactor, withoutSecrets } from "../lib/redactor.ts";
import type { Services } from "../services.ts";

const maxEntryBytes = 64 * 1024;

const before = Type.String({ pattern: "^\\d{1,15}$", expected: "the number that a page's `next` names" });

const LogPage = Type.Object({
  entries: Type.Array(Type.Object({ received_at: Type.String() }, { additionalProperties: true })),
  /** The address of those before. */
  next: Type.Union([Type.String(), Type.Null()]),
});

/** What clients log, of themselves. None of it comes into the server's own log: anybody may write here. */
export function clientLog({ store, access, config, secrets, clock }: Services) {
  // Providers' keys are entered while the server runs.
  const redact = createRedactor(secrets);
  return new Elysia({ prefix: "/backend-api/v2" })
    .post(
      "/log",
      async ({ body, request }) => {
        const now = clock();
        // What the server has seen stands first, and a client cannot say otherwise.
        const { origin: _, received_at: __, ...said } = body;
        const seen = { origin: header(request, "origin") ?? null, received_at: toTime(now) };
        const entry = toEntry({ ...seen, ...said }, redact);
        await store.clientLog.insert({ received_at: now, entry }, config.max_log);
        return {};
      },
      {
        ...jsonBody(maxEntryBytes, (entry) => entry),
        response: answers({ 200: Type.Object({}) }),
        detail: { summary: "Keeps what a client logs, any JSON object" },
      },
    )
    .get(
      "/log",
      async ({ query, request }) => {
        access.admin(request);
        const limit = Number(query.limit ?? 100);
        const asked = { before: Number(query.before ?? Number.MAX_SAFE_INTEGER), limit };
        const { entries, before } = await store.read("clientLog", asked);
        const next = before === null ? null : `/backend-api/v2/log?before=${before}&limit=${limit}`;
        // As they were kept, to the letter: they are not read here.
        return jsonText(`{"entries":[${entries.join(",")}],"next":${JSON.stringify(next)}}`);
      },
      {
        query: Type.Object({ limit: upTo(1000), before: Type.Optional(before) }),
        response: answers({ 200: LogPage }),
        detail: { summary: "What clients have logged, newest first, for admins" },
      },
    );
}

/** JSON, without keys. */
function toEntry(said: object, redact: (text: string) => string): string {
  const entry = JSON.stringify(said);
  // Nearly all hold none, and to look for forty keys in each of twenty thousand texts takes a tenth of a second.
  if (redact(entry) === entry) return entry;
  return JSON.stringify(said, (_, value: unknown) => withoutSecrets(value, redact));
}
