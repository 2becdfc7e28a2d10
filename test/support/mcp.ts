import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js";
import type { TestApp } from "./app.ts";

export interface McpClient extends AsyncDisposable {
  readonly client: Client;
  /** What a tool gives. */
  call(name: string, args?: Record<string, unknown>): Promise<McpResult>;
}

/** As tests look at it. */
export interface McpResult {
  readonly isError?: boolean;
  readonly structuredContent?: unknown;
  readonly content: readonly McpContent[];
}

export interface McpContent {
  readonly type: string;
  readonly text?: string;
  readonly data?: string;
  readonly mimeType?: string;
  readonly uri?: string;
  readonly size?: number;
}

/** The official client, over HTTP. */
export function connectTo(app: Pick<TestApp, "origin">, headers: Record<string, string> = {}): Promise<McpClient> {
  return connect(new StreamableHTTPClientTransport(new URL("/mcp", app.origin), { requestInit: { headers } }));
}

export async function connect(transport: Transport): Promise<McpClient> {
  const client = new Client({ name: "a-test", version: "1.0.0" });
  await client.connect(transport);
  return {
    client,
    call: async (name, args = {}) => (await client.callTool({ name, arguments: args })) as unknown as McpResult,
    [Symbol.asyncDispose]: () => client.close(),
  };
}

/** A message, posted as it is. */
export function post(app: Pick<TestApp, "get">, message: unknown, headers: Record<string, string> = {}) {
  const body = typeof message === "string" ? message : JSON.stringify(message);
  return app.get("/mcp", {
    method: "POST",
    body,
    headers: { "content-type": "application/json", accept: "application/json, text/event-stream", ...headers },
  });
}

export const request = (method: string, params: object = {}, id: string | number = 1) => ({
  jsonrpc: "2.0",
  id,
  method,
  params,
});

export const textOf = ({ content }: McpResult): string => content.map(({ text = "" }) => text).join("\n");
