/**
 * Sockets of the channel with runs on them, and what came of them, as JSON: a process of its own.
 * Arguments: origin, sockets, runs in all, seconds that idle sockets stay open, the request.
 */
const [origin = "", sockets = "1", runs = "0", idleSeconds = "0", request = "{}"] = Bun.argv.slice(2);
const address = `${origin.replace("http", "ws")}/backend-api/v2/channel`;

setTimeout(() => process.exit(3), 120_000);

const open: WebSocket[] = [];
for (let index = 0; index < Number(sockets); index++) {
  const socket = new WebSocket(address, "backend.v2");
  open.push(socket);
  // As many as the system queues for an accept.
  if (index % 100 === 99) await whenOpen(socket);
}
await Promise.all(open.map(whenOpen));
let events = 0;
const began = performance.now();
await Promise.all(
  Array.from({ length: Number(runs) }, async (_, index) => {
    await Bun.sleep(index);
    const socket = open[index % open.length]!;
    const id = `r${index}`;
    const mark = `{"id":"${id}",`;
    await new Promise<void>((resolve) => {
      socket.addEventListener("message", ({ data }: MessageEvent<string>) => {
        if (!data.startsWith(mark)) return;
        if (data.includes('"type":"content"')) events++;
        else if (data.includes('"type":"detached"')) resolve();
      });
      socket.send(`{"op":"run","id":"${id}","request":${request}}`);
    });
  }),
);
const seconds = (performance.now() - began) / 1000;
await Bun.sleep(Number(idleSeconds) * 1000);
process.stdout.write(`${JSON.stringify({ events, seconds })}\n`);
process.exit(0);

async function whenOpen(socket: WebSocket): Promise<void> {
  if (socket.readyState === WebSocket.OPEN) return;
  await new Promise((resolve, reject) => {
    socket.addEventListener("open", resolve);
    socket.addEventListener("error", () => reject(new Error("a socket was refused")));
  });
}
