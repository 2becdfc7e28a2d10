import type { Clock } from "../lib/clock.ts";
import { utcDay } from "../lib/clock.ts";
import type { Log } from "../lib/log.ts";
import type { ChatRequest, Message } from "../protocol/chat.ts";
import { type ApiError, toApiError } from "../protocol/errors.ts";
import type { EventOf, RunEvent } from "../protocol/events.ts";
import type { MediaStore } from "../media/save.ts";
import type { RunTrace } from "../protocol/trace.ts";
import type { Candidate } from "../routing/candidate.ts";
import type { Health } from "../routing/health.ts";
import type { Load } from "../routing/load.ts";
import type { Prices } from "../providers/prices.ts";
import { routerName } from "../providers/registry.ts";
import type { Plan } from "../routing/router.ts";
import type { Chosen, McpServers } from "../mcp-client/servers.ts";
import type { WebSearch } from "../search/web-search.ts";
import type { UsageRow } from "../store/usage.ts";
import { type Answer, createAnswer } from "./answer.ts";
import { createAttempts } from "./attempts.ts";
import type { ChatRecord } from "./chats/record.ts";
import type { Downloads } from "./downloads.ts";
import { offeredTools } from "./emulation/prompt.ts";
import { createToolCallParser } from "./emulation/tool-calls.ts";
import type { BringInParts } from "./attachments/bring-in.ts";
import { fitMessages } from "./attachments/fit.ts";
import { emulatesTools, toMessages, usesTools } from "./prepare.ts";
import { offerMcp } from "./mcp/offer.ts";
import { toQuestion } from "./question.ts";
import type { RunBudget } from "./run-budget.ts";
import { createRunRecord, failureEvents } from "./run-record.ts";
import { earlierSources } from "./search/earlier-sources.ts";
import { toListed } from "./search/listed.ts";
import { lookUp, readsPages } from "./search/look-up.ts";
import { withPages } from "./search/prompt.ts";
import { createSearching, type SearchLimits } from "./search/searching.ts";
import { createSources } from "./search/sources.ts";
import { showMedium } from "./show-medium.ts";
import { type Calling, createCalling } from "./tools/calling.ts";
import type { Trace } from "./trace.ts";
import { providerEvent } from "./turn.ts";

/** What a run needs beside its request. */
export interface RunContext extends RunTools {
  readonly id: string;
  readonly owner: string;
  /** For its row of usage. */
  readonly keyId: string | null;
  /** Where the key has a limit. */
  readonly budget: RunBudget | undefined;
  readonly plan: Plan;
  /** What was noted before it began. */
  readonly notes: readonly string[];
  readonly trace: Trace;
  /** The MCP servers whose tools its model may call. */
  readonly chosen: readonly Chosen[];
  /** Where it belongs to a chat. */
  readonly chat: ChatRecord | undefined;
  /** Aborted with an `ApiError`: `cancelled` ends the run quietly, any other as its failure. */
  readonly signal: AbortSignal;
  readonly record: (row: UsageRow, trace: RunTrace) => Promise<void>;
  /** The server's ceiling, in milliseconds. */
  readonly silenceMs: number;
}

/** What all runs share. */
export interface RunTools {
  readonly clock: Clock;
  readonly health: Health;
  readonly load: Load;
  readonly prices: Prices;
  readonly media: MediaStore;
  readonly attachments: BringInParts;
  readonly downloads: Downloads;
  readonly webSearch: WebSearch;
  readonly searchLimits: SearchLimits;
  readonly mcp: McpServers;
  /** How often a model may call tools of MCP servers, within one answer. */
  readonly toolRounds: number;
  readonly log: Log;
}

/**
 * The whole story of one answer, in batches of events. It never throws, and ends with exactly one `finish`; whoever
 * stops reading must abort the signal too, so that a silent upstream is let go. A usage row is written in every case.
 */
export async function* run(request: ChatRequest, context: RunContext): AsyncGenerator<RunEvent[]> {
  const { plan, clock, attachments, owner, chat } = context;
  const startedAt = clock();
  const notes = [...context.notes, ...plan.notes];
  const note = (log: string) => void notes.push(log);
  const sources = createSources(earlierSources(request));
  let isSaid = false;
  /** With what was found for it. */
  let asked = request;
  const callersSilenceMs = (request.stream_timeout ?? Infinity) * 1000;
  const forSearch = { ...context, candidates: plan.candidates, sources, note, toFailure };
  const searching = createSearching(request, forSearch);
  /** Known before anybody is asked. */
  let calling: Calling | undefined;
  const attempts = createAttempts({
    ...context,
    note,
    ask,
    emulates: (candidate) => emulatesTools(toOffering(candidate), candidate),
    get mayEmulate() {
      return usesTools(calling?.request ?? request) && request.tool_emulation !== false;
    },
    toFailure,
  });
  const callLimit = request.parallel_tool_calls === false ? { maxCalls: 1 } : {};
  const record = createRunRecord(request, { ...context, attempts, startedAt });

  try {
    const [{ provider, model }] = plan.candidates;
    yield [
      plan.isRouted ? routerEvent(plan.decision.asked) : providerEvent({ provider, model }),
      { type: "parameters", parameters: provider.parameters(model) },
    ];
    const pages = yield* lookUp(request, forSearch);
    asked = withPages(request, pages, utcDay(clock()));
    const forMcp = { ...context, candidates: plan.candidates, maxRounds: context.toolRounds, note, toFailure };
    const kinds = [searching?.kind, yield* offerMcp(forMcp)].filter((kind) => kind !== undefined);
    calling = createCalling(request, kinds, { ...context, note });
    for await (const batch of attempts.events) {
      chat?.add(batch);
      searching?.listen(batch);
      isSaid ||= batch.some((event) => event.type === "content" && !event.urls && event.content.trim() !== "");
      yield batch;
    }
    const { reason } = attempts;
    const listed = isSaid ? toListed(searching?.used() ?? sources.all, request, reason, note) : [];
    if (listed.length > 0) {
      chat?.add(listed);
      yield listed;
    }
    const failures = failureEvents(attempts);
    if (failures.length > 0) yield failures;
    await record.write();
    const title = await chat?.title();
    yield [
      ...(title === undefined ? [] : [{ type: "title" as const, title }]),
      ...(await record.usage()),
      { type: "finish", finish: { reason } },
      ...notes.map((log) => ({ type: "log" as const, log })),
    ];
  } finally {
    await record.write();
  }

  function ask(candidate: Candidate, signal: AbortSignal, isEmulated: boolean): Answer {
    const messages = toMessages(readsPages(candidate) ? asked : request);
    const rounds = readsPages(candidate) ? calling?.begin(candidate, signal) : undefined;
    let fitting: readonly Message[] | undefined;
    return createAnswer({
      candidate,
      request,
      rounds,
      async prepare(added) {
        fitting ??= await fitMessages(
          messages,
          candidate,
          { ...attachments, owner, own: request.messages, note },
          signal,
        );
        const all = [...fitting, ...added.messages];
        await context.budget?.ask(all, added.tokens);
        // What it was not sent is said once.
        const noted = added.messages.length === 0 ? notes : [];
        return { messages: all, question: toQuestion(added.request, all, candidate, isEmulated, noted) };
      },
      show: (event) => showMedium(event, { ...context, candidate, request, signal, note }),
      ...(isEmulated && {
        createCallParser: () => createToolCallParser(offeredTools(toOffering(candidate)), callLimit),
      }),
      call: { signal, silenceMs: Math.min(context.silenceMs, callersSilenceMs) },
      clock,
      note,
    });
  }

  /** With the tools that a candidate may call. */
  function toOffering(candidate: Candidate): ChatRequest {
    return calling && readsPages(candidate) ? calling.request : request;
  }

  function toFailure(thrown: unknown): ApiError {
    const error = toApiError(thrown);
    if (error.reason === "internal")
      context.log.error("a run failed inside the server", { run: context.id, error: thrown });
    return error;
  }
}

function routerEvent(asked: string | null): EventOf<"provider"> {
  return { type: "provider", provider: { name: routerName, url: null, label: "Auto", model: asked } };
}
