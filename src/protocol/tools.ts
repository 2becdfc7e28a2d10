import { type Static, Type } from "@sinclair/typebox";
import { Maybe } from "./maybe.ts";

/** An MCP server of this installation, and those of its tools that models may call. */
export const ToolServer = Type.Object({
  name: Type.String(),
  /** `unknown` until it is first wanted. */
  state: Type.Union([Type.Literal("up"), Type.Literal("down"), Type.Literal("unknown")]),
  /** Why it is down, or of no use. */
  reason: Maybe(Type.String()),
  /** Whether its tools are offered where a request does not say which. */
  always: Type.Boolean(),
  /** Until it was up, those that the settings name. */
  tools: Type.Array(
    Type.Object({ name: Type.String(), title: Maybe(Type.String()), description: Maybe(Type.String()) }),
  ),
});
export type ToolServer = Static<typeof ToolServer>;
