import { arrayAt, at, textAt } from "../../lib/json.ts";
import { callsOf } from "../content.ts";
import type { ProviderChat, ProviderEvent } from "../provider.ts";
import { createDecoder as createResponsesDecoder } from "../responses/decoder.ts";
import { StreamError, type WireDecoder } from "../wire.ts";
import { createSources } from "./sources.ts";

/** The signatures of calls, by their ids. */
interface State {
  readonly signatures: Readonly<Record<string, string>>;
}

/** https://docs.perplexity.ai/docs/agent-api/output-control: OpenAI's events, with what the vendor's own tools do among them */
export function createDecoder(chat: ProviderChat): WireDecoder {
  const inner = createResponsesDecoder(chat, []);
  const sources = createSources();
  const own = new Set(chat.sampling.tools?.map(({ function: { name } }) => name));
  // A list of sources after JSON would make it none.
  const isProse = (chat.sampling.response_format?.type ?? "text") === "text";
  const signatures = earlierSignatures(chat);
  let isSigned = false;
  let hasThought = false;
  let hasText = false;

  return {
    get state() {
      return inner.state;
    },
    decode(message, event, into) {
      const type = textAt(message, "type") ?? "";
      const response = at(message, "response");
      switch (type) {
        case "response.output_item.added":
        case "response.output_item.done":
          return readItem(at(message, "item"), type.endsWith("done"), into);
        case "response.reasoning.started":
        case "response.reasoning.stopped":
          return readThought(textAt(message, "thought"), into);
        case "response.completed":
        case "response.incomplete":
          for (const item of arrayAt(response, "output")) sources.read(item);
          if (hasText && isProse) into.push(...sources.tell());
          if (isSigned) into.push({ type: "state", state: { signatures } satisfies State });
          return inner.decode(message, event, into);
        case "response.cancelled":
          throw new StreamError({ message: "it was cancelled" }, "upstream_failed");
        default:
          hasText ||= type.startsWith("response.output_text.");
          return inner.decode(message, event, into);
      }
    },
  };

  function readItem(item: unknown, isDone: boolean, into: ProviderEvent[]): void {
    sources.read(item);
    // The vendor announces calls of its own tools as calls too; what came of them takes their place.
    if (textAt(item, "type") !== "function_call" || !own.has(textAt(item, "name") ?? "")) return;
    const id = textAt(item, "call_id");
    const signature = textAt(item, "thought_signature");
    if (id && signature) {
      signatures[id] = signature;
      isSigned = true;
    }
    // A call is told whole, by its announcement or at its end. By its own id, since two may share a place.
    if (isDone || textAt(item, "arguments")) inner.decode({ type: "response.output_item.done", item }, "", into);
  }

  function readThought(text: string | undefined, into: ProviderEvent[]): void {
    if (!text) return;
    into.push({ type: "reasoning", token: hasThought ? `\n\n${text}` : text });
    hasThought = true;
  }
}

/** They are kept as long as their calls are told of. */
function earlierSignatures({ messages, state }: ProviderChat): Record<string, string> {
  return Object.fromEntries(
    callsOf(messages).flatMap(({ id }) => {
      const signature = id && textAt(state, "signatures", id);
      return id && signature ? [[id, signature]] : [];
    }),
  );
}
