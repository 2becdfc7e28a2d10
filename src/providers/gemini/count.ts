import { countAt } from "../../lib/json.ts";
import type { ProviderChat } from "../provider.ts";
import type { CountSource } from "../wire.ts";
import { toBody } from "./body.ts";

/** https://ai.google.dev/api/tokens#method:-models.counttokens: tools and the system are counted within a whole question. */
export const count: CountSource = {
  path: ({ model }) => `/models/${encodeURIComponent(model.toWellFormed())}:countTokens`,
  toBody: (chat: ProviderChat) => ({ generateContentRequest: { model: `models/${chat.model}`, ...toBody(chat) } }),
  toTokens: (answer) => countAt(answer, "totalTokens"),
};
