/** What is used of a WebSocket: the one of browsers, Bun, Deno and Node from 22 on, and that of the package `ws`. */
export interface WebSocketLike {
  send(text: string): void;
  close(): void;
  addEventListener(type: "open" | "error", listener: () => void): void;
  addEventListener(type: "message", listener: (event: { readonly data: unknown }) => void): void;
  addEventListener(type: "close", listener: (event: { readonly code: number; readonly reason: string }) => void): void;
}

/** Opens one, offering subprotocols. */
export type WebSocketConstructor = new (address: string, protocols: string[]) => WebSocketLike;
