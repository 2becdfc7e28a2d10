import { WebStandardStreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/webStandardStreamableHttp.js";
import { createToolServer } from "./tools.ts";

export interface HttpToolsOptions {
  /** Whether answers are JSON rather than streams. */
  readonly isJson?: boolean;
  /** Whether it has sessions. */
  readonly hasSessions?: boolean;
}

/** The tools at an address, over a real socket. */
export function openHttpTools({ isJson = false, hasSessions = true }: HttpToolsOptions = {}) {
  const sessions = new Map<string, WebStandardStreamableHTTPServerTransport>();
  const requests: { readonly method: string; readonly headers: Headers; readonly body: string }[] = [];
  const said: string[] = [];
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    idleTimeout: 0,
    async fetch(request) {
      requests.push({ method: request.method, headers: request.headers, body: await request.clone().text() });
      const id = request.headers.get("mcp-session-id");
      const known = id === null ? undefined : sessions.get(id);
      if (id !== null && !known) return Response.json({ error: "no such session" }, { status: 404 });
      return (known ?? (await begin())).handleRequest(request);
    },
  });

  return {
    url: `http://127.0.0.1:${server.port}/mcp`,
    requests,
    said,
    /** As a server does that was started anew. */
    forget: () => sessions.clear(),
    sessions: () => sessions.size,
    async [Symbol.asyncDispose]() {
      await server.stop(true);
    },
  };

  async function begin() {
    const transport = new WebStandardStreamableHTTPServerTransport({
      enableJsonResponse: isJson,
      ...(hasSessions && {
        sessionIdGenerator: () => crypto.randomUUID(),
        onsessioninitialized: (id: string) => void sessions.set(id, transport),
        onsessionclosed: (id: string) => void sessions.delete(id),
      }),
    });
    await createToolServer((line) => void said.push(line)).connect(transport);
    return transport;
  }
}
