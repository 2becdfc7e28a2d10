import { createTokenCounter } from "../lib/text.ts";
import type { ChatRequest, Message } from "../protocol/chat.ts";
import { ApiError } from "../protocol/errors.ts";
import type { Registry } from "../providers/registry.ts";
import { needsOf } from "../routing/asked.ts";
import type { Candidate } from "../routing/candidate.ts";
import { createPromptSize } from "../routing/prompt-size.ts";
import type { Router } from "../routing/router.ts";
import { bringIn, type BringInParts } from "./attachments/bring-in.ts";
import { fitMessages } from "./attachments/fit.ts";
import { emulatesTools, toChat } from "./prepare.ts";

/** How long a question would be, without asking it. */
export interface PromptCount {
  /**
   * In tokens, as the first who would be asked counts it, else about. It costs nothing and leaves no row of usage.
   *
   * @throws {ApiError} as a run that is begun, and as the provider's `countTokens`
   */
  count(request: ChatRequest, owner: string, signal: AbortSignal): Promise<number>;
}

export interface PromptCountParts {
  readonly router: Router;
  readonly registry: Registry;
  readonly attachments: BringInParts;
}

export function createPromptCount({ router, registry, attachments }: PromptCountParts): PromptCount {
  return {
    async count(given, owner, signal) {
      const request = await bringIn(given, owner, attachments, signal);
      const candidate = await findCandidate(request);
      const parts = { ...attachments, owner, own: request.messages, note: () => {} };
      const messages = await fitMessages(request.messages, candidate, parts, signal);
      const { provider } = candidate;
      if (!provider.countTokens) return estimate(request, messages);
      return provider.countTokens(toChat(request, messages, candidate, emulatesTools(request, candidate), []), {
        signal,
      });
    },
  };

  /** @throws {ApiError} `model_not_found` where nobody would be asked */
  async function findCandidate(request: ChatRequest): Promise<Candidate> {
    const promptTokens = createPromptSize(request.messages).tokens;
    const { candidates, asked } = await router.explain(request, { needs: needsOf(request), promptTokens });
    const [first] = candidates;
    if (first) return { provider: registry.get(first.provider), model: first.model };
    const model = asked === null ? "any model" : `the model ${JSON.stringify(asked.slice(0, 80))}`;
    throw new ApiError("model_not_found", `nobody can be asked for ${model} now; GET /v1/models lists what there is`);
  }
}

function estimate({ tools, response_format: form }: ChatRequest, messages: readonly Message[]): number {
  const counter = createTokenCounter();
  for (const each of [tools, form, ...messages.map((message) => message.tool_calls)])
    if (each != null) counter.add(JSON.stringify(each));
  return createPromptSize(messages).tokens + counter.tokens;
}
