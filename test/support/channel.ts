import type { ChannelOp } from "../../src/protocol/channel.ts";

export type Frame = Readonly<Record<string, unknown>> & { readonly id: string | null; readonly type: string };

export interface TestChannel extends Disposable {
  readonly socket: WebSocket;
  /** Every frame so far. */
  readonly frames: readonly Frame[];
  /** How it was closed, once it is. */
  readonly closed: Promise<CloseEvent>;
  send(op: ChannelOp): void;
  sendRaw(data: string | Uint8Array<ArrayBuffer>): void;
  /** The first frame that is so, of those that have come or will. */
  find(isIt: (frame: Frame) => boolean): Promise<Frame>;
  /** The events of an id, once nothing more comes of it. */
  events(id: string): Promise<Frame[]>;
}

export interface ChannelOptions {
  readonly protocols?: readonly string[];
  readonly headers?: Readonly<Record<string, string>>;
}

export const channelPath = "/backend-api/v2/channel";

/** What asks for a socket, where it is asked for as anything else is: to be refused, or of a bare connection. */
export const upgrading = {
  upgrade: "websocket",
  connection: "Upgrade",
  "sec-websocket-version": "13",
  "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
};

/** A socket of the channel, open. @throws when it is refused */
export async function openChannel(
  origin: string,
  { protocols = ["backend.v2"], headers = {} }: ChannelOptions = {},
): Promise<TestChannel> {
  // The browser's type, which knows no headers, stands in the way of Bun's own.
  const options = { protocols: [...protocols], headers } as unknown as string[];
  const socket = new WebSocket(origin.replace("http", "ws") + channelPath, options);
  const frames: Frame[] = [];
  const waiting = new Set<() => void>();
  const closed = new Promise<CloseEvent>((resolve) => socket.addEventListener("close", resolve));
  socket.addEventListener("message", ({ data }) => {
    frames.push(JSON.parse(String(data)));
    for (const look of waiting) look();
  });
  await new Promise<void>((resolve, reject) => {
    socket.addEventListener("open", () => resolve());
    socket.addEventListener("error", () => reject(new Error("the socket was refused")));
  });

  const find = (isIt: (frame: Frame) => boolean) =>
    new Promise<Frame>((resolve, reject) => {
      const look = () => {
        const found = frames.find(isIt);
        if (!found) return;
        waiting.delete(look);
        resolve(found);
      };
      waiting.add(look);
      look();
      void closed.then(({ code }) => reject(new Error(`the socket was closed (${code}) before that frame came`)));
    });

  return {
    socket,
    frames,
    closed,
    send: (op) => socket.send(JSON.stringify(op)),
    sendRaw: (data) => socket.send(data),
    find,
    async events(id) {
      await find((frame) => frame.id === id && frame.type === "detached");
      return frames.filter((frame) => frame.id === id && typeof frame.seq === "number");
    },
    [Symbol.dispose]: () => socket.close(),
  };
}
