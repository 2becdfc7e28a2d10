import { within } from "../../lib/deadline.ts";
import type { Chosen, McpServers } from "../../mcp-client/servers.ts";
import type { EventOf } from "../../protocol/events.ts";
import type { Candidate } from "../../routing/candidate.ts";
import { readsPages } from "../search/look-up.ts";
import { noStatus, toStatus } from "../search/status.ts";
import type { ToolKind } from "../tools/tool-kind.ts";
import { createMcpKind, type McpKindParts } from "./mcp-kind.ts";

export interface OfferMcpParts extends McpKindParts {
  readonly mcp: McpServers;
  readonly chosen: readonly Chosen[];
  readonly candidates: readonly Candidate[];
  readonly signal: AbortSignal;
}

/** How long tools are looked for before people are told, in milliseconds. */
const quietMs = 200;

/**
 * Finds the tools that a run may offer: their servers may have to be started. It never throws: without them a question is
 * answered as it would be anyway, and a note says why there are none.
 */
export async function* offerMcp(parts: OfferMcpParts): AsyncGenerator<EventOf<"reasoning">[], ToolKind | undefined> {
  const { mcp, chosen, candidates, signal, note, toFailure } = parts;
  if (chosen.length === 0) return undefined;
  if (!candidates.some(readsPages)) {
    note("mcp: the model was not given tools, since what answers here calls none");
    return undefined;
  }
  const finding = mcp
    .offer(chosen, signal, (server, log) => note(`mcp: ${server}: ${log}`))
    .then(
      (tools) => ({ tools }),
      (thrown: unknown) => ({ thrown }),
    );
  const isSlow = (await within(finding, quietMs)) === undefined;
  if (isSlow) yield [toStatus("Waiting for tools")];
  const found = await finding;
  if (isSlow) yield [noStatus];
  if ("tools" in found) return createMcpKind(found.tools, parts);
  if (!signal.aborted) note(`mcp: no tools were offered: ${toFailure(found.thrown).message}`);
  return undefined;
}
