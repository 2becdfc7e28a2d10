/**
 * Asks one address over many connections, raw, and says what it saw, as JSON: a process of its own.
 * Arguments: address, streams, answers a stream, pause between starts in ms, the bytes that mark an event.
 */
const [address = "", streams = "1", answers = "1", staggerMs = "0", mark = "", body = "{}"] = Bun.argv.slice(2);
const { hostname, port, pathname, search } = new URL(address);
const request = `POST ${pathname}${search} HTTP/1.1\r\nhost: ${hostname}\r\nconnection: keep-alive\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
const marker = Buffer.from(mark);
const lastChunk = Buffer.from("\r\n0\r\n\r\n");

// A connection that nothing comes from any more would hold the whole bench: whoever started this asks again.
setTimeout(() => process.exit(3), 60_000);

const firstMs: number[] = [];
let events = 0;
const began = performance.now();

await Promise.all(
  Array.from({ length: Number(streams) }, async (_, index) => {
    await Bun.sleep(index * Number(staggerMs));
    for (let answer = 0; answer < Number(answers); answer++) await ask();
  }),
);
const seconds = (performance.now() - began) / 1000;
process.stdout.write(JSON.stringify({ firstMs, events, seconds }));
process.exit(0);

async function ask(): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const sentAt = performance.now();
  let seen = false;
  let tail = Buffer.alloc(0);
  const socket = await Bun.connect({
    hostname,
    port: Number(port),
    socket: {
      data(_, bytes) {
        const text = Buffer.concat([tail, bytes]);
        for (let at = text.indexOf(marker); at !== -1; at = text.indexOf(marker, at + marker.length)) {
          if (at + marker.length <= tail.length) continue;
          if (!seen) firstMs.push(performance.now() - sentAt);
          seen = true;
          events++;
        }
        if (text.subarray(-lastChunk.length).equals(lastChunk)) resolve();
        tail = Buffer.from(text.subarray(-marker.length));
      },
      close: () => resolve(),
      error: (_, error) => reject(error),
    },
  });
  socket.setNoDelay(true);
  socket.write(request);
  await promise;
  socket.end();
}
