import { ApiError } from "../../protocol/errors.ts";
import type { Call, Provider, ProviderChat, ProviderEvent } from "../provider.ts";
import { withoutSummary } from "./body.ts";

/**
 * Asks once more, with less, where a refusal is about the thinking alone: a summary of it is for organisations that have
 * proved who they are, and thinking that is sent back is read only for the organisation it was written for. Whose the
 * caller's key is, nobody knows beforehand; of a key of the server's it is remembered that it gets no summaries.
 */
export function withSecondTry(provider: Provider): Provider {
  const { chat: ask } = provider;
  if (!ask) return provider;
  const unproved = new Set<number>();

  return {
    ...provider,
    chat(chat, call) {
      const isKnown = call.apiKey === undefined && unproved.has(call.keyIndex ?? 0);
      return attempt(ask, isKnown ? withoutSummary(chat) : chat, call);
    },
  };

  async function* attempt(
    ask: NonNullable<Provider["chat"]>,
    chat: ProviderChat,
    call: Call,
  ): AsyncGenerator<readonly ProviderEvent[]> {
    let isSilent = true;
    let less: ProviderChat | undefined;
    try {
      for await (const batch of ask(chat, call)) {
        isSilent &&= batch.every(({ type }) => type === "model" || type === "log");
        yield batch;
      }
      return;
    } catch (thrown) {
      less = isSilent ? lessOf(chat, call, thrown) : undefined;
      if (less === undefined) throw thrown;
    }
    const without = less.state === chat.state ? "a summary of thinking" : "the earlier thinking";
    yield [{ type: "log", log: `asked again without ${without}` }];
    yield* attempt(ask, less, call);
  }

  /** What to ask instead. It always lacks something that the question had, so that this comes to an end. */
  function lessOf(chat: ProviderChat, call: Call, thrown: unknown): ProviderChat | undefined {
    if (!(thrown instanceof ApiError) || thrown.reason !== "upstream_rejected") return undefined;
    if (/verified to generate reasoning summaries/i.test(thrown.message)) {
      if (call.apiKey === undefined) unproved.add(call.keyIndex ?? 0);
      const less = withoutSummary(chat);
      return less.extra.reasoning_summary === chat.extra.reasoning_summary ? undefined : less;
    }
    if (/encrypted content .*could not be/i.test(thrown.message) && chat.state !== undefined)
      return { ...chat, state: undefined };
    return undefined;
  }
}
