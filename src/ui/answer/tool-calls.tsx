import type { ToolCall } from "../../protocol/events.ts";
import { CodeBlock } from "../markdown/code-block.tsx";
import { prettyJson } from "./pretty-json.ts";

/** The tools that it wants called, and with what. */
export function ToolCalls({ calls }: { readonly calls: readonly ToolCall[] }) {
  return calls.map((call, index) => (
    <details key={call.id ?? index} className="answer-fold">
      <summary>
        {"Calls "}
        <code>{call.function.name || "a tool"}</code>
      </summary>
      <CodeBlock language="json" text={prettyJson(call.function.arguments ?? "")} />
    </details>
  ));
}
