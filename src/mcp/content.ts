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

export function toText(text: string): Content {
  return { type: "text", text };
}
