import type { ChatRequest } from "../../protocol/chat.ts";
import type { Candidate } from "../../routing/candidate.ts";
import { seesPictures } from "../../providers/model-traits.ts";
import { readableTokens } from "../attachments/fit.ts";
import { offerTools } from "./offer.ts";
import { createRounds, type Rounds, type RoundsParts } from "./rounds.ts";
import type { ToolKind } from "./tool-kind.ts";

/** A run whose model may call tools of ours by itself. */
export interface Calling {
  /** What is asked, with our tools. */
  readonly request: ChatRequest;
  /** For the answer of one candidate, ended with its signal. */
  begin(candidate: Candidate, signal: AbortSignal): Rounds;
}

/** `undefined` where there are none, or none can be offered, which is noted. */
export function createCalling(
  request: ChatRequest,
  kinds: readonly ToolKind[],
  { trace, note }: Pick<RoundsParts, "trace" | "note">,
): Calling | undefined {
  const offer = kinds.length === 0 ? undefined : offerTools(request, kinds, note);
  if (!offer) return undefined;
  return {
    request: offer.request,
    begin: (candidate, signal) =>
      createRounds({
        offer,
        maxTokens: readableTokens(candidate),
        seesPictures: candidate.vision ?? seesPictures(candidate.model),
        signal,
        trace,
        note,
      }),
  };
}
