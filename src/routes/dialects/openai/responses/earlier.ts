import { runIdOf, toResponseId } from "../../../../dialects/openai/responses/ids.ts";
import type { Item } from "../../../../dialects/openai/responses/items.ts";
import type { Outcome } from "../../../../dialects/openai/responses/response.ts";
import { ApiError, isNotFound } from "../../../../protocol/errors.ts";
import type { ResponseRow } from "../../../../store/responses.ts";
import type { KeptResponses } from "./kept.ts";
import { readJson } from "./kept.ts";

/** How far back a conversation may go: in responses, and in characters of their items. */
const maxResponses = 1000;
const maxLength = 16 * 1024 * 1024;

/**
 * All items that a request goes on from, and its own, with references to earlier ones replaced by what they mean. Each
 * response keeps its own items alone, so they are gathered from one to the one before.
 *
 * @throws {ApiError} `not_found`; `invalid_request` where one has not ended well, or they are too many
 */
export async function gatherItems(
  kept: KeptResponses,
  owner: string,
  previousId: string | null | undefined,
  items: readonly Item[],
): Promise<readonly Item[]> {
  const turns: (readonly Item[])[] = [];
  const budget = createBudget();
  for (let id = previousId; id != null;) {
    const row = await getPrevious(kept, id, owner);
    if (row.status !== "completed" && row.status !== "incomplete")
      throw new ApiError(
        "invalid_request",
        "previous_response_id: that response has not ended well, so there is nothing to go on from",
      );
    budget.take(row);
    turns.push([...inputOf(row), ...outputOf(row)]);
    id = row.previous_id;
  }
  return [...turns.toReversed().flat(), ...(await withReferenced(kept, owner, items, budget))];
}

async function getPrevious(kept: KeptResponses, id: string, owner: string): Promise<ResponseRow> {
  try {
    return await kept.get(id, owner);
  } catch (thrown) {
    throw isNotFound(thrown) ? noPrevious(id) : thrown;
  }
}

export function inputOf(row: ResponseRow): Item[] {
  return readJson<Item[]>(row.input);
}

/** The items of an answer are also such as can be asked with. */
function outputOf(row: ResponseRow): Item[] {
  return row.outcome === null ? [] : [...readJson<Outcome & { output: Item[] }>(row.outcome).output];
}

async function withReferenced(
  kept: KeptResponses,
  owner: string,
  items: readonly Item[],
  budget: Budget,
): Promise<readonly Item[]> {
  const found = new Map<string, Item>();
  const looked = new Set<string>();
  for (const item of items) {
    if (item.type !== "item_reference") continue;
    const runId = runIdOf(item.id);
    if (runId === undefined) throw noItem();
    if (looked.has(runId)) continue;
    looked.add(runId);
    const row = await kept.get(toResponseId(runId), owner).catch((thrown: unknown) => {
      throw isNotFound(thrown) ? noItem() : thrown;
    });
    budget.take(row);
    for (const each of [...inputOf(row), ...outputOf(row)]) if (each.id) found.set(each.id, each);
  }
  return items.map((item) => {
    const meant = item.type === "item_reference" ? found.get(item.id) : item;
    if (meant) return meant;
    throw noItem();
  });
}

interface Budget {
  /** @throws {ApiError} `invalid_request` once it is spent */
  take(row: ResponseRow): void;
}

function createBudget(): Budget {
  let responses = 0;
  let length = 0;
  return {
    take({ input, outcome }) {
      responses += 1;
      length += input.length + (outcome?.length ?? 0);
      if (responses > maxResponses || length > maxLength)
        throw new ApiError(
          "invalid_request",
          `previous_response_id: a conversation may go back over ${maxResponses} responses and ${maxLength / 1024 / 1024} MiB of items; begin a new one, with what matters of it`,
        );
    },
  };
}

function noPrevious(id: string): ApiError {
  const named = runIdOf(id) ? ` with id '${id}'` : "";
  return new ApiError("not_found", `Previous response${named} not found.`);
}

function noItem(): ApiError {
  return new ApiError("not_found", "input: an item_reference names an item that is not kept here");
}
