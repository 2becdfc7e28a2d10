import { Type } from "@sinclair/typebox";
import { Elysia } from "elysia";
import { type AskedResponse, parseResponsesBody } from "../../../dialects/openai/responses/body.ts";
import { runIdOf } from "../../../dialects/openai/responses/ids.ts";
import { toMessages } from "../../../dialects/openai/responses/messages.ts";
import type { Connection } from "../../../http/body.ts";
import { jsonBody } from "../../../http/json-body.ts";
import { upTo } from "../../../http/query.ts";
import { countTokens } from "../../../lib/text.ts";
import { ApiError } from "../../../protocol/errors.ts";
import { createPromptSize } from "../../../routing/prompt-size.ts";
import type { Services } from "../../../services.ts";
import { createAnswering } from "../answering.ts";
import { createCreating } from "./responses/creating.ts";
import { gatherItems, inputOf } from "./responses/earlier.ts";
import { createKeptResponses, toKept } from "./responses/kept.ts";
import { createReading } from "./responses/reading.ts";
import { theirAnswer } from "../theirs.ts";
import { createToRequest } from "../to-request.ts";

const params = Type.Object({ id: Type.String() });
const flag = Type.Optional(Type.String({ expected: "true or false" }));

/** https://platform.openai.com/docs/api-reference/responses */
export function openaiResponses(services: Services) {
  const { access, runs, store, config } = services;
  const kept = createKeptResponses(services);
  const answering = createAnswering(services);
  const reading = createReading(services, answering, kept);
  const creating = createCreating(services, answering, kept, reading);
  const toRequest = createToRequest(services);
  const ownerOf = (request: Request) => access.caller(request).owner;
  const body = jsonBody(config.max_body, parseResponsesBody);

  return new Elysia({ prefix: "/v1/responses" })
    .post("", ({ body, request, server }) => creating.create(body, { request, server }), {
      ...body,
      response: theirAnswer("text/event-stream"),
      detail: {
        summary: "An answer by any model, as OpenAI's Responses API gives it: whole, streamed, or in the background",
        description: "It is kept for 30 days, unless `store` is false, so that the next may go on from it.",
      },
    })
    .post("/input_tokens", ({ body, request }) => count(body, request), {
      ...body,
      response: theirAnswer(),
      detail: { summary: "About how many tokens a request for a response is" },
    })
    .get("/:id", ({ params, query, request, server }) => read(params.id, query, { request, server }), {
      params,
      query: Type.Object({
        stream: flag,
        starting_after: Type.Optional(
          Type.String({ pattern: "^\\d{1,15}$", expected: "the number of the last event that you have" }),
        ),
      }),
      response: theirAnswer("text/event-stream"),
      detail: {
        summary: "A response as it stands; with `stream=true`, its events after `starting_after`, and those to come",
      },
    })
    .delete("/:id", ({ params, request }) => remove(params.id, ownerOf(request)), {
      params,
      response: theirAnswer(),
      detail: { summary: "Removes a response; one that is in the background is stopped" },
    })
    .post("/:id/cancel", ({ params, request }) => cancel(params.id, ownerOf(request)), {
      params,
      response: theirAnswer(),
      detail: { summary: "Stops a response in the background, and tells how it ended" },
    })
    .get("/:id/input_items", ({ params, query, request }) => listItems(params.id, query, ownerOf(request)), {
      params,
      query: Type.Object({
        after: Type.Optional(Type.String()),
        limit: upTo(100),
        order: Type.Optional(Type.Union([Type.Literal("asc"), Type.Literal("desc")], { expected: "asc or desc" })),
      }),
      response: theirAnswer(),
      detail: { summary: "What a response was asked with: the items of its own request, newest first" },
    });

  /** A guess: vendors count each in its own way. */
  async function count({ body, items }: AskedResponse, request: Request): Promise<object> {
    const all = await gatherItems(kept, ownerOf(request), body.previous_response_id, items);
    const { messages } = await toRequest({ messages: toMessages(body.instructions, all) }, request);
    const tools = body.tools?.length ? countTokens(JSON.stringify(body.tools)) : 0;
    return { object: "response.input_tokens", input_tokens: createPromptSize(messages).tokens + tools };
  }

  async function read(id: string, query: ReadQuery, connection: Connection): Promise<object> {
    const row = await kept.get(id, ownerOf(connection.request));
    if (query.stream !== "true") return toKept(row);
    if (!row.background)
      throw new ApiError("invalid_request", "stream: only a response with background: true can be streamed again");
    return reading.again(row, Number(query.starting_after ?? -1), connection);
  }

  async function remove(id: string, owner: string): Promise<object> {
    const row = await kept.get(id, owner);
    if (row.background && row.outcome === null) await runs.cancel(runOf(id), owner);
    await store.responses.remove(id);
    return { id, object: "response", deleted: true };
  }

  async function cancel(id: string, owner: string): Promise<object> {
    const row = await kept.get(id, owner);
    if (!row.background)
      throw new ApiError("invalid_request", "only a response with background: true can be cancelled");
    if (row.outcome !== null) return toKept(row);
    await runs.cancel(runOf(id), owner);
    await kept.whenEnded(id);
    return toKept(await kept.get(id, owner));
  }

  async function listItems(id: string, { after, limit = "20", order = "desc" }: ListQuery, owner: string) {
    const items = inputOf(await kept.get(id, owner));
    const ordered = order === "desc" ? items.toReversed() : items;
    const from = after === undefined ? 0 : ordered.findIndex((item) => item.id === after) + 1;
    if (after !== undefined && from === 0)
      throw new ApiError("invalid_request", "after: expected the id of an item of this list");
    const data = ordered.slice(from, from + Number(limit));
    return {
      object: "list",
      data,
      first_id: data[0]?.id ?? null,
      last_id: data.at(-1)?.id ?? null,
      has_more: from + data.length < ordered.length,
    };
  }
}

interface ReadQuery {
  readonly stream?: string;
  readonly starting_after?: string;
}

interface ListQuery {
  readonly after?: string;
  readonly limit?: string;
  readonly order?: "asc" | "desc";
}

function runOf(id: string): string {
  return runIdOf(id) ?? "";
}
