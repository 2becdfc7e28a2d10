import { arrayAt, at, countAt, numberAt, textAt } from "../../lib/json.ts";
import { lookUp } from "../../lib/lookup.ts";
import type { FinishReason, Usage } from "../../protocol/events.ts";
import { callsOf } from "../content.ts";
import { readLogprobs } from "../logprobs.ts";
import { errorCode } from "../openai-stream.ts";
import type { ProviderChat, ProviderEvent } from "../provider.ts";
import { StreamError, type WireDecoder } from "../wire.ts";
import { unsentOf } from "./body.ts";
import { type State, toTurn, turnsOf } from "./turns.ts";

/** https://platform.openai.com/docs/api-reference/responses-streaming; `unsent`: fields that were passed on in vain. */
export function createDecoder(chat: ProviderChat, unsent = unsentOf(chat)): WireDecoder {
  let state: WireDecoder["state"] = "open";
  let model: string | undefined;
  let thought: string | undefined;
  // Parts of which a piece has come: where one has, their end, which tells them once more as a whole, adds nothing.
  const begun = new Set<string>();
  // By place in the output: some servers give one item another id in every event.
  const calls = new Map<unknown, number>();
  const items: unknown[] = [];

  return {
    get state() {
      return state;
    },
    decode(message, _event, into) {
      const type = textAt(message, "type") ?? "";
      const response = at(message, "response");
      switch (type) {
        case "response.created":
          noteUnsent(into);
          return tellModel(response, into);
        case "response.in_progress":
          return tellModel(response, into);
        case "response.output_item.added":
          return startItem(message, into);
        case "response.output_item.done":
          return endItem(message, into);
        case "response.completed":
        case "response.incomplete":
          tellModel(response, into);
          pushUsage(at(response, "usage"), into);
          return end(response, type === "response.incomplete", into);
        case "response.failed":
          pushUsage(at(response, "usage"), into);
          // Perplexity tells the error outside of the response.
          throw new StreamError(response ?? message, errorCode(response ?? message));
        case "error":
          throw new StreamError(message, errorCode(message));
        default:
          if (at(message, "error")) throw new StreamError(message, errorCode(message));
          return readPart(type, message, into);
      }
    },
  };

  function noteUnsent(into: ProviderEvent[]): void {
    const fields = unsent.map((field) => JSON.stringify(field));
    if (fields.length > 0) into.push({ type: "log", log: `was not sent: ${fields.join(", ")}` });
  }

  function tellModel(response: unknown, into: ProviderEvent[]): void {
    const named = textAt(response, "model");
    if (named && named !== model) into.push({ type: "model", model: (model = named) });
  }

  function readPart(type: string, message: unknown, into: ProviderEvent[]): void {
    const [, kind = "", event] = partEvent.exec(type) ?? [];
    const where = placeOf(message);
    const part = `${kind} ${String(where)} ${countAt(message, "content_index") ?? countAt(message, "summary_index") ?? 0}`;
    const whole = () => textAt(message, "text") ?? textAt(message, "refusal") ?? textAt(message, "arguments");
    const text = event === "delta" ? textAt(message, "delta") : begun.has(part) ? undefined : whole();
    const call = calls.get(where);
    const isArguments = kind === "function_call_arguments";
    // Of a call that nobody announced, the end tells everything.
    if (!kind || !text || (isArguments && call === undefined)) return;
    begun.add(part);
    if (isArguments) {
      into.push({ type: "tool_calls", tool_calls: [{ index: call, function: { arguments: text } }] });
      return;
    }
    if (kind === "output_text" || kind === "refusal") {
      into.push({ type: "content", content: text });
      if (chat.extra.logprobs === true) readLogprobs(at(message, "logprobs"), into);
      return;
    }
    // What is thought comes in sections, each with a heading.
    const isNext = thought !== undefined && thought !== part;
    thought = part;
    into.push({ type: "reasoning", token: isNext ? `\n\n${text}` : text });
  }

  function startItem(message: unknown, into: ProviderEvent[]): void {
    const item = at(message, "item");
    const where = placeOf(message);
    if (textAt(item, "type") !== "function_call" || calls.has(where)) return;
    const index = calls.size;
    calls.set(where, index);
    const id = textAt(item, "call_id") ?? textAt(item, "id") ?? "";
    const name = textAt(item, "name") ?? "";
    into.push({ type: "tool_calls", tool_calls: [{ index, id, type: "function", function: { name, arguments: "" } }] });
  }

  function endItem(message: unknown, into: ProviderEvent[]): void {
    const item = at(message, "item");
    items.push(item);
    startItem(message, into);
    if (textAt(item, "type") !== "function_call") return;
    const place = { output_index: at(message, "output_index"), item_id: at(item, "id") ?? at(item, "call_id") };
    readPart("response.function_call_arguments.done", { ...place, arguments: at(item, "arguments") }, into);
  }

  function end(response: unknown, isCut: boolean, into: ProviderEvent[]): void {
    // Either may lack what the other has.
    const turn = [arrayAt(response, "output"), items].map(toTurn).find(({ thinking }) => thinking.length > 0);
    if (turn && turn.tool_call_ids.length > 0) {
      // Turns are kept as long as their calls are told of.
      const told = new Set(callsOf(chat.messages).map(({ id }) => id));
      const earlier = turnsOf(chat.state, chat.model).filter((each) => each.tool_call_ids.some((id) => told.has(id)));
      into.push({ type: "state", state: { model: chat.model, turns: [...earlier, turn] } satisfies State });
    }
    const cause = lookUp(cutReasons, textAt(response, "incomplete_details", "reason")) ?? "length";
    const reason = isCut ? cause : calls.size > 0 ? "tool_calls" : "stop";
    into.push({ type: "finish", reason });
    state = "closed";
  }
}

/** What is told in pieces, and then once more as a whole. */
const partEvent =
  /^response\.(output_text|refusal|reasoning_summary_text|reasoning_text|function_call_arguments)\.(delta|done)$/;

const cutReasons: Readonly<Record<string, FinishReason>> = {
  max_output_tokens: "length",
  content_filter: "content_filter",
};

function placeOf(message: unknown): unknown {
  return (
    countAt(message, "output_index") ??
    textAt(message, "item_id") ??
    textAt(message, "item", "id") ??
    textAt(message, "item", "call_id")
  );
}

function pushUsage(usage: unknown, into: ProviderEvent[]): void {
  const input = countAt(usage, "input_tokens");
  const output = countAt(usage, "output_tokens");
  const total = countAt(usage, "total_tokens");
  const cached =
    countAt(usage, "input_tokens_details", "cached_tokens") ??
    countAt(usage, "input_tokens_details", "cache_read_input_tokens");
  const written =
    countAt(usage, "input_tokens_details", "cache_write_tokens") ??
    countAt(usage, "input_tokens_details", "cache_creation_input_tokens");
  const reasoning = countAt(usage, "output_tokens_details", "reasoning_tokens");
  const details = {
    ...(cached !== undefined && { cached_tokens: cached }),
    ...(written !== undefined && { cache_creation_tokens: written }),
  };
  const told: Partial<Usage> = {
    ...(input !== undefined && { prompt_tokens: input }),
    ...(output !== undefined && { completion_tokens: output }),
    ...(total !== undefined && { total_tokens: total }),
    ...(Object.keys(details).length > 0 && { prompt_tokens_details: details }),
    ...(reasoning !== undefined && { completion_tokens_details: { reasoning_tokens: reasoning } }),
  };
  // Perplexity tells what an answer cost, in dollars.
  const cost = numberAt(usage, "cost", "total_cost");
  if (Object.keys(told).length > 0)
    into.push({ type: "usage", usage: told, ...(cost !== undefined && cost >= 0 && { cost }) });
}
