import { connect, createServer, type Socket } from "node:net";

/** Where an answer is cut: after so many of its bytes, head and all, or right after so many messages of an event stream. */
export type Place = { readonly bytes: number } | { readonly messages: number };

/** Where the answer to a request is cut, counted from 1; `undefined` lets it be. */
export type Cut = (count: number, request: string) => Place | undefined;

export interface CuttingProxy extends AsyncDisposable {
  readonly origin: string;
  /** The first line of each request. */
  readonly requests: readonly string[];
  /** How many connections were cut. */
  readonly cuts: number;
  /** How many bytes of the server's were passed on. */
  readonly passed: number;
  /** The server is somewhere else from now on; `undefined`: it is away, and connections break at once. */
  moveTo(origin: string | undefined): void;
  /** All connections that are open break now. */
  breakAll(): void;
  /** Nothing passes any more on the connections that are open, and none of them is closed. */
  hold(): void;
}

/** Until whoever reads has had what came before a cut: runtimes throw away what arrives together with its end. */
const deliveryMs = 3;

/** What stands between a client and a server, and breaks their connections, without an end that a reader could take for one. */
export async function openCuttingProxy(origin: string, cut: Cut): Promise<CuttingProxy> {
  let target: string | undefined = origin;
  let held = new WeakSet<Socket>();
  let cuts = 0;
  let passed = 0;
  const requests: string[] = [];
  const sockets = new Set<Socket>();

  const server = createServer((down) => {
    if (target === undefined) return void down.destroy();
    const { hostname, port } = new URL(target);
    const up = connect(Number(port), hostname);
    let place: Place | undefined;
    let seen = 0;
    let isCut = false;
    const close = () => {
      for (const socket of [down, up]) {
        socket.destroy();
        sockets.delete(socket);
      }
    };
    for (const socket of [down, up]) {
      sockets.add(socket);
      socket.setNoDelay(true).on("error", () => {});
    }
    down.on("close", close);
    up.on("close", () => !held.has(down) && close());
    down.on("data", (bytes) => {
      // A connection that is kept carries several requests, one after the other.
      const line = /^(GET|POST|DELETE) \S+/.exec(bytes.toString())?.[0];
      if (line !== undefined) {
        requests.push(line);
        place = cut(requests.length, line);
        seen = 0;
      }
      up.write(bytes);
    });
    up.on("data", (bytes) => {
      if (isCut || held.has(down)) return;
      const length = place && lengthUpTo(Buffer.from(bytes), place, seen);
      const kept = bytes.slice(0, length);
      passed += kept.length;
      seen += place && "messages" in place ? countMessages(Buffer.from(kept)) : kept.length;
      if (!down.write(kept)) {
        up.pause();
        down.once("drain", () => up.resume());
      }
      if (length === undefined) return;
      isCut = true;
      cuts++;
      setTimeout(close, deliveryMs);
    });
  });
  const breakAll = () => {
    for (const socket of sockets) socket.destroy();
  };
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  return {
    origin: `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`,
    requests,
    get cuts() {
      return cuts;
    },
    get passed() {
      return passed;
    },
    moveTo(moved) {
      target = moved;
    },
    hold() {
      held = new WeakSet(sockets);
    },
    breakAll,
    async [Symbol.asyncDispose]() {
      breakAll();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const messageEnd = "\n\n";

/** How many of these bytes come before the cut; `undefined` where it is not among them. */
function lengthUpTo(bytes: Buffer, place: Place, seen: number): number | undefined {
  if ("bytes" in place) return seen + bytes.byteLength < place.bytes ? undefined : place.bytes - seen;
  let at = 0;
  for (let left = place.messages - seen; left > 0; left--) {
    const end = bytes.indexOf(messageEnd, at);
    if (end === -1) return undefined;
    at = end + messageEnd.length;
  }
  return at;
}

function countMessages(bytes: Buffer): number {
  return bytes.toString("latin1").split(messageEnd).length - 1;
}
