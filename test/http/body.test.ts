import { describe, expect, test } from "bun:test";
import { connect } from "node:net";
import { bodyPieces, readBody } from "../../src/http/body.ts";

/** A body whose pieces come when each of these waits is over. */
function requestOf(...pieces: readonly { readonly bytes: number; readonly waitMs?: number }[]): Request {
  const left = [...pieces];
  const body = new ReadableStream({
    async pull(controller) {
      const piece = left.shift();
      if (!piece) return controller.close();
      await Bun.sleep(piece.waitMs ?? 0);
      controller.enqueue(new Uint8Array(piece.bytes).fill(7));
    },
  });
  return new Request("http://localhost/", { method: "POST", body });
}

const pace = { bytesPerSecond: 1000, graceMs: 200, wholeMs: 10_000 };
const slow = { reason: "body_too_slow" };

describe("a body", () => {
  test("is read whole, however it is cut", async () => {
    const body = await readBody(requestOf({ bytes: 1 }, { bytes: 100_000 }, { bytes: 1 }), 100_002);
    expect(body).toEqual(new Uint8Array(100_002).fill(7));
    expect(await readBody(requestOf(), 1)).toEqual(new Uint8Array());
    expect(await readBody(new Request("http://localhost/"), 1)).toEqual(new Uint8Array());
  });

  test("that comes too slowly is refused, its grace over", async () => {
    const drip = Array.from({ length: 100 }, () => ({ bytes: 1, waitMs: 20 }));
    await expect(readBody(requestOf(...drip), 1000, pace)).rejects.toMatchObject(slow);
  });

  test("that falls silent is refused, however much came before", async () => {
    const request = requestOf({ bytes: 10_000_000 }, { bytes: 1, waitMs: 5000 });
    await expect(readBody(request, 20_000_000, pace)).rejects.toMatchObject(slow);
  });

  test("that is to be held, and takes too long as a whole, is refused at whatever pace", async () => {
    const steady = Array.from({ length: 100 }, () => ({ bytes: 1000, waitMs: 20 }));
    await expect(readBody(requestOf(...steady), 1e6, { ...pace, wholeMs: 300 })).rejects.toMatchObject(slow);
  });

  test("in chunks of a byte each is read whole", async () => {
    using server = Bun.serve({
      hostname: "127.0.0.1",
      port: 0,
      fetch: async (request) => new Response(Bun.SHA256.hash(await readBody(request, 1_000_000), "hex")),
    });
    const sent = Buffer.from(Array.from({ length: 300_000 }, (_, index) => 97 + (index % 23)));
    const socket = connect(server.port!, "127.0.0.1");
    socket.write("POST / HTTP/1.1\r\nhost: a\r\nconnection: close\r\ntransfer-encoding: chunked\r\n\r\n");
    socket.write(`${sent.toString().replace(/./g, "1\r\n$&\r\n")}0\r\n\r\n`);
    let said = "";
    for await (const piece of socket) said += piece;
    expect(said).toEndWith(Bun.SHA256.hash(sent, "hex") as unknown as string);
  });

  test("whose reader is slow is not: that is no fault of its sender", async () => {
    let length = 0;
    for await (const piece of bodyPieces(requestOf({ bytes: 10 }, { bytes: 10 }, { bytes: 10 }), 100, pace)) {
      length += piece.byteLength;
      await Bun.sleep(150);
    }
    expect(length).toBe(30);
  });
});
