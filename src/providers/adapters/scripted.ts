import { ApiError } from "../../protocol/errors.ts";
import { textOf } from "../content.ts";
import { createModel } from "../model-traits.ts";
import type { Provider } from "../provider.ts";

const models = ["echo", "think", "fail"];
/** Arbitrary: slow enough to be seen. */
const pieceMs = 20;

/** A demonstration that repeats the question word by word; it exists only where `--scripted` asks for it. */
export function createScripted(): Provider {
  return {
    name: "Scripted",
    label: "Scripted demonstration, no language model",
    url: null,
    loginUrl: null,
    auth: false,
    isPublic: false,
    keyCount: 0,
    configured: true,
    passes: [],
    lastResort: false,
    defaultModel: "echo",
    usualModels: [],
    startsSlowly: () => false,
    parameters: (model) => ({ model }),
    listModels: async () => models.map((id) => createModel(id)),
    async *chat({ model, messages }, { signal }) {
      const words = textOf(messages.findLast(({ role }) => role === "user")?.content).split(/(?<=\s)/);
      yield [{ type: "model", model }];
      if (model === "think") {
        yield [{ type: "reasoning", token: "The question has " }];
        yield [{ type: "reasoning", token: `${words.length} words.` }];
      }
      for (const [index, content] of words.entries()) {
        if (model === "fail" && index === 3)
          throw new ApiError("upstream_failed", "Scripted failed, as it was asked to");
        await Bun.sleep(pieceMs);
        signal.throwIfAborted();
        yield [{ type: "content", content }];
      }
      yield [{ type: "usage", usage: { prompt_tokens: words.length, completion_tokens: words.length } }];
      yield [{ type: "finish", reason: "stop" }];
    },
  };
}
