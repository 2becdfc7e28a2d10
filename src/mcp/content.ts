/** What a tool's result is made of (https://modelcontextprotocol.io/specification/2025-11-25/server/tools#tool-result). */
export type Content =
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "image" | "audio"; readonly data: string; readonly mimeType: string }
  | ({ readonly type: "resource_link" } & Resource);

/** What can be read by its address. */
export interface Resource {
  readonly uri: string;
  readonly name: string;
  readonly title?: string;
  readonly description?: string;
  readonly mimeType: string;
  /** In bytes. */
  readonly size: number;
}

export interface ToolResult {
  readonly content: readonly Content[];
  /** As the tool's `outputSchema` says. */
  readonly structuredContent?: object;
  /** Whether the text says what went wrong, for the model. */
  readonly isError?: true;
}

/** Of kinds that came later: a client refuses a whole result for one that it does not know. Revisions are dates. */
const kindsSince: Partial<Record<Content["type"], string>> = { audio: "2025-03-26", resource_link: "2025-06-18" };

/** A result as a client of that revision reads it; where media are kept is said in words, too. */
export function forRevision(result: ToolResult, revision: string): ToolResult {
  return { ...result, content: result.content.filter(({ type }) => (kindsSince[type] ?? "") <= revision) };
}

export function toText(text: string): Content {
  return { type: "text", text };
}
