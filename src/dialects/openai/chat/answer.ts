import type { Collected, CollectedCall } from "../../collected.ts";
import type { ChatHead } from "./stream.ts";
import { toOpenaiUsage } from "../usage.ts";

/** https://platform.openai.com/docs/api-reference/chat/object */
export function toChatCompletion(
  { id, created, isOlder }: Pick<ChatHead, "id" | "created" | "isOlder">,
  choices: readonly Collected[],
  hasLogprobs: boolean,
) {
  return {
    id,
    object: "chat.completion",
    created,
    model: choices[0]?.model ?? "",
    choices: choices.map((choice, index) => ({
      index,
      message: toMessage(choice, isOlder),
      logprobs: hasLogprobs && choice.logprobs.length > 0 ? { content: choice.logprobs, refusal: null } : null,
      finish_reason: isOlder && choice.reason === "tool_calls" ? "function_call" : choice.reason,
    })),
    usage: toOpenaiUsage(choices.map(({ usage }) => usage)),
  };
}

function toMessage({ text, reasoning, calls }: Collected, isOlder: boolean) {
  const [first] = calls;
  return {
    role: "assistant",
    content: text === "" && first ? null : text,
    ...(reasoning !== "" && { reasoning }),
    refusal: null,
    ...(first && (isOlder ? { function_call: toFunction(first) } : { tool_calls: calls.map(toCall) })),
  };
}

function toCall(call: CollectedCall) {
  return { id: call.id, type: "function", function: toFunction(call) };
}

function toFunction({ name, arguments: json }: CollectedCall) {
  return { name, arguments: json };
}
