import type { Clock } from "../../lib/clock.ts";
import type { AnswerParts } from "../builtin/answer.ts";
import { textOf } from "../content.ts";
import { createModel } from "../model-traits.ts";
import type { Provider } from "../provider.ts";

export interface BuiltinParts extends Omit<AnswerParts, "now"> {
  readonly clock: Clock;
}

/** What answers where there is no language model: it quotes and computes, and never pretends to be one. */
export function createBuiltin({ help, advice, clock }: BuiltinParts): Provider {
  return {
    name: "Builtin",
    label: "Built-in assistant, no language model",
    url: null,
    loginUrl: null,
    auth: false,
    isPublic: false,
    keyCount: 0,
    configured: true,
    passes: [],
    lastResort: true,
    defaultModel: "help",
    usualModels: [],
    startsSlowly: () => false,
    parameters: (model) => ({ model }),
    listModels: async () => [createModel("help", { label: "Help, arithmetic, units and dates" })],
    async *chat({ messages }, { signal }) {
      // What works out dates and units takes as long to load as a server to start, and is not always asked.
      const { answerQuestion } = await import("../builtin/answer.ts");
      const question = textOf(messages.findLast(({ role }) => role === "user")?.content);
      for (const content of answerQuestion(question, { help, advice, now: clock() })) {
        signal.throwIfAborted();
        yield [{ type: "content", content }];
      }
      yield [{ type: "finish", reason: "stop" }];
    },
  };
}
