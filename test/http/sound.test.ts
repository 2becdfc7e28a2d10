import { expect, test } from "bun:test";
import { connect } from "node:net";
import { streamSound } from "../../src/http/sound.ts";
import { createLog } from "../../src/lib/log.ts";
import { listen } from "../support/sound.ts";

/** Serves sound of these pieces; `ended` is how its source was left. */
function serve(pieces: () => AsyncGenerator<Uint8Array, void>, { mime = "audio/wav", stallMs = 60_000 } = {}) {
  const logged: string[] = [];
  const log = createLog({ level: "info", secrets: [], pretty: false, write: (line) => logged.push(line) });
  const { promise: ended, resolve } = Promise.withResolvers<void>();
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    development: false,
    fetch(request, server) {
      const bytes = (async function* () {
        try {
          yield* pieces();
        } finally {
          resolve();
        }
      })();
      const context = { request, server, log, headers: { "x-a": "b" }, stallMs };
      return streamSound({ mime, bytes, signal: request.signal }, context);
    },
  });
  return { server, logged, ended, [Symbol.dispose]: () => void server.stop(true) };
}

async function* endless() {
  for (;;) yield new Uint8Array(64 * 1024);
}

test("a listener that takes nothing is let go, and so is the vendor", async () => {
  using it = serve(endless, { stallMs: 200 });
  const socket = connect(it.server.port ?? 0, "127.0.0.1");
  socket.on("error", () => {});
  socket.pause();
  socket.write("GET / HTTP/1.1\r\nhost: localhost\r\n\r\n");
  await it.ended;
  socket.destroy();
  expect(it.logged).toEqual([]);
});

test("a type that is none of sound is not repeated", async () => {
  for (const [mime, told] of [
    ["audio/L16;codec=pcm;rate=24000", "audio/L16;codec=pcm;rate=24000"],
    ["audio/mpeg", "audio/mpeg"],
    ["text/html", "application/octet-stream"],
    ["audio/x\r\nset-cookie: a", "application/octet-stream"],
    ["audio/ünd", "application/octet-stream"],
  ] as const) {
    using it = serve(
      async function* () {
        yield new Uint8Array([1]);
      },
      { mime },
    );
    const response = await fetch(it.server.url);
    expect([response.headers.get("content-type"), response.headers.get("x-a")]).toEqual([told, "b"]);
    expect((await listen(response)).isWhole).toBe(true);
  }
});

test("a failure of our own is logged, and breaks off as any other", async () => {
  const { promise: heard, resolve: hear } = Promise.withResolvers<unknown>();
  using it = serve(async function* () {
    yield new Uint8Array([1]);
    // What has been sent may be lost with a connection that breaks at once.
    await heard;
    throw new TypeError("a mistake");
  });
  expect(await listen(await fetch(it.server.url), hear)).toEqual({ bytes: Buffer.from([1]), isWhole: false });
  expect(it.logged).toHaveLength(1);
});
