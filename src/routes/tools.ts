import { Type } from "@sinclair/typebox";
import { Elysia } from "elysia";
import { answers } from "../http/answers.ts";
import { ToolServer } from "../protocol/tools.ts";
import type { Services } from "../services.ts";

/** For callers who want to offer a choice of what a request names in `mcp`. */
export function tools({ mcp }: Services) {
  return new Elysia({ prefix: "/backend-api/v2" }).get(
    "/tools",
    ({ query, request }) => mcp.look(query.refresh === "true", request.signal),
    {
      query: Type.Object({ refresh: Type.Optional(Type.Union([Type.Literal("true"), Type.Literal("false")])) }),
      response: answers({ 200: Type.Array(ToolServer) }),
      detail: {
        summary: "The MCP servers of this installation, and those of their tools that models may call",
        description: "`refresh=true` starts those that are not up yet, and asks them.",
      },
    },
  );
}
