import type { Static, TObject } from "@sinclair/typebox";
import { createCheck, explainMismatch } from "../lib/schema.ts";
import type { JsonObject } from "../lib/json.ts";
import type { Caller } from "../protocol/caller.ts";
import { ApiError } from "../protocol/errors.ts";
import type { MediaRow } from "../store/media.ts";
import type { ToolResult } from "./content.ts";
import type { McpParts } from "./parts.ts";

/**
 * What a model of another program may have done here.
 *
 * To add one: write `tools/<name>.ts`, list it in `tools.ts`. None runs code or writes outside the data directory.
 */
export interface Tool {
  readonly name: string;
  readonly title: string;
  /** For the model that is to choose it. */
  readonly description: string;
  readonly inputSchema: TObject;
  /** Of `structuredContent`, where there is some. */
  readonly outputSchema?: TObject;
  readonly annotations: Annotations;
  /** @throws {ApiError} for arguments that do not fit, and whatever fails */
  call(args: JsonObject, context: ToolContext): Promise<ToolResult>;
}

/** What hosts ask their people about, or do not. */
export interface Annotations {
  /** It changes nothing, and costs next to nothing. */
  readonly readOnlyHint: boolean;
  readonly destructiveHint: false;
  readonly idempotentHint?: boolean;
  /** It goes beyond this server: to the web, or to vendors. */
  readonly openWorldHint: boolean;
}

export interface ToolContext {
  readonly parts: McpParts;
  readonly caller: Caller;
  /** Aborts when the call is cancelled. */
  readonly signal: AbortSignal;
  /** Tells how far it is, in a few words. */
  readonly report: (message: string) => void;
  /** Where a person finds a medium: its address on the web, or its file. */
  readonly locate: (medium: MediaRow) => string;
}

interface ToolSpec<T extends TObject> extends Omit<Tool, "inputSchema" | "call"> {
  readonly inputSchema: T;
  call(args: Static<T>, context: ToolContext): Promise<ToolResult>;
}

/** A tool whose arguments are checked; models write null for what they leave out. */
export function createTool<T extends TObject>(spec: ToolSpec<T>): Tool {
  const check = createCheck(spec.inputSchema);
  return {
    ...spec,
    async call(args, context) {
      const given: unknown = Object.fromEntries(Object.entries(args).filter(([, value]) => value !== null));
      if (!check.Check(given)) throw new ApiError("invalid_request", explainMismatch(check, given, "the arguments"));
      return spec.call(given, context);
    },
  };
}
