import { arrayAt, isObject, textAt } from "../../lib/json.ts";
import { createCompatibleAdapter } from "../openai-compatible.ts";
import { withSchemaInWords } from "../structured.ts";

/** https://api-docs.deepseek.com/api/create-chat-completion */
export const deepseek = createCompatibleAdapter({
  name: "DeepSeek",
  url: "https://www.deepseek.com",
  loginUrl: "https://platform.deepseek.com/api_keys",
  baseUrl: "https://api.deepseek.com",
  aliases: ["DeepSeekAPI"],
  keyNames: ["DEEPSEEK_API_KEY"],
  addressNames: ["DEEPSEEK_BASE_URL"],
  usualModels: ["deepseek-flash", "deepseek-v4-flash", "deepseek-v4-pro"],
  passes: ["thinking"],
  refuses: () => ["seed", "parallel_tool_calls"],
  reasoningField: "reasoning_content",
  adjust: (body, chat) => withSchemaInWords(withThinking(body), chat),
  // Its list tells names alone: all of them think and call tools, the smaller one sees.
  toModel: (entry) => ({ tools: true, reasoning: true, vision: /flash/.test(textAt(entry, "id") ?? "") }),
  quota: {
    path: "/user/balance",
    toQuota(body) {
      const infos = arrayAt(body, "balance_infos");
      const balance = (info: unknown) => Number(textAt(info, "total_balance") ?? NaN);
      const info = infos.find((each) => balance(each) > 0) ?? infos[0];
      const remaining = balance(info);
      return { unit: textAt(info, "currency") ?? null, remaining: Number.isFinite(remaining) ? remaining : null };
    },
  },
});

/**
 * A thinking model refuses a tool that it is told to call, and a history without thoughts: those of other models are
 * empty. https://api-docs.deepseek.com/guides/thinking_mode
 */
function withThinking({ reasoning_effort: effort, ...body }: Record<string, unknown>): Record<string, unknown> {
  const isForced = body.tool_choice !== undefined && body.tool_choice !== "auto" && body.tool_choice !== "none";
  return {
    ...body,
    messages: arrayAt(body, "messages").map((message) =>
      isObject(message) && message.role === "assistant" ? { reasoning_content: "", ...message } : message,
    ),
    ...(isForced || effort === "none"
      ? { thinking: { type: "disabled" } }
      : effort != null && { reasoning_effort: effort }),
  };
}
