import { Type } from "@sinclair/typebox";
import { Elysia } from "elysia";
import { content, Redirect } from "../http/content.ts";
import { answers } from "../http/answers.ts";
import { type Connection, unhurried } from "../http/body.ts";
import { eventStreamHeaders, toEventStream } from "../http/event-stream.ts";
import { AskedByHead } from "../http/head.ts";
import { toAnswererHeaders, toRunHeaders } from "../http/run-headers.ts";
import { dayMs } from "../lib/clock.ts";
import { isNo, isYes } from "../lib/yes-no.ts";
import { ApiError, toApiError } from "../protocol/errors.ts";
import { endMark } from "../runs/plain-answer.ts";
import { readBegun, type TextReader } from "../runs/plain-read.ts";
import {
  type BlockFilter,
  type QuickAnswer,
  toBlockFilter,
  toQuickAnswer,
  toText,
} from "../runs/quick/quick-answer.ts";
import { createQuickAnswers, type QuickAsk } from "../runs/quick/quick-answers.ts";
import { cachedSearchName, createSearchResults, isCachedSearch } from "../runs/quick/search-results.ts";
import { parseChatRequest } from "../runs/request.ts";
import type { Services } from "../services.ts";

const maxCacheNameLength = 256;
const Text = Type.Optional(Type.String());
const query = Type.Object({
  // The route says itself what is missing.
  prompt: Type.Optional(Type.String({ needed: true })),
  model: Text,
  provider: Text,
  web_search: Text,
  filter_markdown: Text,
  json: Text,
  cache: Type.Optional(
    Type.String({ maxLength: maxCacheNameLength, expected: `a text of at most ${maxCacheNameLength} characters` }),
  ),
  audio: Text,
  audio_provider: Text,
  stream: Text,
});

/** What is true of every plain answer: it is one's own, and said once. */
const plainHeaders = {
  ...eventStreamHeaders,
  "content-type": "text/plain; charset=utf-8",
  "cache-control": "no-store",
};

/** An answer as it is, without events: an address that says the question. */
export function create(services: Services) {
  const { runs, budgets, speeches, library, store, cache, webSearch, access, clock, log, config, streams } = services;
  const searchResults = createSearchResults({ webSearch, budgets, maxRuns: config.max_runs });
  const quick = createQuickAnswers({
    start: runs.start,
    speeches,
    media: library.store,
    table: store.media,
    cache,
    keepMs: config.answer_retention * dayMs,
    clock,
  });

  return new Elysia({ prefix: "/backend-api/v2" }).get(
    "/create",
    async ({ query, request, server }) => {
      const asked = toAsked(query);
      // A vendor would be paid for what nobody reads.
      if (request instanceof AskedByHead) return new Response(null, { headers: plainHeaders });
      const begun = await unhurried({ request, server }, () => begin(asked, request));
      return respond(begun, asked, { request, server });
    },
    {
      query,
      response: answers({ 200: content<string | Blob>({ "text/plain": Type.String() }), 302: Redirect }),
      detail: {
        summary: "An answer as plain text, as it comes",
        description:
          "What fails before its first byte has a status. One picture, film or sound is led to. " +
          "`provider=CachedSearch` gives the pages of a web search.",
      },
    },
  );

  /** Until there is something to be said. @throws {ApiError} for whatever fails before */
  async function begin({ ask, isWhole }: Asked, request: Request): Promise<Begun> {
    const { signal } = request;
    const caller = access.caller(request);
    if (isCachedSearch(ask.request)) {
      const text = await searchResults.find(ask.request, caller, signal);
      return { text, headers: toAnswererHeaders(cachedSearchName, "") };
    }
    if (isWhole) {
      const { answer, isKept } = await quick.ask(ask, caller, signal);
      const headers = headersOf(answer);
      return {
        answer,
        headers: ask.keepAs === undefined ? headers : { ...headers, "x-cache": isKept ? "hit" : "miss" },
      };
    }
    const run = await runs.start(ask.request, caller, signal);
    const begun = await readBegun(run.attach(0), signal);
    const headers = { "x-run-id": run.id, ...toRunHeaders(run.trace()) };
    return "pieces" in begun ? { answer: toQuickAnswer(begun, run.info()), headers } : { reader: begun, headers };
  }

  function respond(begun: Begun, { filter }: Asked, connection: Connection): Response {
    const headers = { ...plainHeaders, ...begun.headers };
    if ("text" in begun) return new Response(begun.text, { headers });
    if ("answer" in begun) return whole(begun.answer, headers, filter);
    const body = toEventStream(begun.reader, {
      ...connection,
      watch: streams.watch,
      encode: (text) => text,
      encodeFailure(thrown) {
        if (toApiError(thrown).reason === "internal") log.error("an answer could not be read on", { error: thrown });
        return endMark("error", false);
      },
    });
    return new Response(body, { headers });
  }
}

type Begun = { readonly headers: Readonly<Record<string, string>> } & (
  { readonly text: string } | { readonly answer: QuickAnswer } | { readonly reader: TextReader }
);

function whole(answer: QuickAnswer, headers: Record<string, string>, filter: BlockFilter | undefined): Response {
  if (answer.target === null) return new Response(toText(answer, filter), { headers });
  return new Response(null, { status: 302, headers: { ...headers, location: answer.target } });
}

function headersOf({ provider, model, run_id }: QuickAnswer): Record<string, string> {
  return { ...(run_id !== null && { "x-run-id": run_id }), ...toAnswererHeaders(provider, model) };
}

interface Asked {
  readonly ask: QuickAsk;
  readonly filter: BlockFilter | undefined;
  /** Whether it is wanted, or can be given, as a whole only. */
  readonly isWhole: boolean;
}

type Query = Readonly<Partial<Record<keyof typeof query.properties, string | undefined>>>;

/** What is empty counts as left out. @throws {ApiError} `invalid_request` */
function toAsked({ prompt = "", model, provider, web_search, audio_provider, ...rest }: Query): Asked {
  if (prompt.trim() === "") throw new ApiError("invalid_request", "prompt: say what is asked");
  const messages = [{ role: "user", content: prompt }];
  const request = parseChatRequest({ messages, model, provider, web_search: unlessNo(web_search) });
  const filter = toBlockFilter(rest.filter_markdown || rest.json || "");
  // Who is to speak is named by those who want to hear it.
  const voiceName = unlessNo(rest.audio || (audio_provider && "true"));
  const isVoice = voiceName !== undefined && !isYes(voiceName);
  const voice = voiceName === undefined ? undefined : toVoice(audio_provider, isVoice ? voiceName : undefined);
  const keepAs = unlessNo(rest.cache);
  return {
    ask: { prompt, request, voice, keepAs },
    filter,
    isWhole: isNo(rest.stream || "true") || filter !== undefined || voice !== undefined || keepAs !== undefined,
  };
}

function toVoice(provider: string | undefined, voice: string | undefined) {
  return { ...(provider && { provider }), ...(voice && { voice }) };
}

/** `undefined` for what is empty, `0` or `false`. */
function unlessNo(value = ""): string | undefined {
  return isNo(value) ? undefined : value;
}
