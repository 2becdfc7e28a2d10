import { within } from "../../lib/deadline.ts";
import { bearerProtocol, channelProtocol } from "../../protocol/channel.ts";
import { type Finding, findingsAbout } from "./finding.ts";
import type { Place } from "./visit.ts";

const { ok, fail } = findingsAbout("server");

const patienceMs = 10_000;

const cure =
  "your proxy does not pass on the upgrade. nginx: proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; " +
  'proxy_set_header Connection "upgrade". Apache: upgrade=websocket. See src/help/deploy.md';

/** Whether the channel opens, and a frame comes back. */
export async function checkChannel({ address, key }: Place): Promise<Finding> {
  const startedAt = performance.now();
  // As browsers bring it, which can set no header here.
  const protocols = [channelProtocol, ...(key === "" ? [] : [bearerProtocol + encodeURIComponent(key)])];
  const socket = new WebSocket(`${address.replace(/^http/, "ws")}/backend-api/v2/channel`, protocols);
  const { promise, resolve } = Promise.withResolvers<boolean>();
  socket.addEventListener("open", () => socket.send(JSON.stringify({ op: "ping", id: "doctor" })));
  socket.addEventListener("message", () => resolve(true));
  socket.addEventListener("error", () => resolve(false));
  socket.addEventListener("close", () => resolve(false));
  const isAnswered = await within(promise, patienceMs);
  socket.close();
  if (!isAnswered) return fail("channel", isAnswered === undefined ? "no frame came back" : "it was not opened", cure);
  const milliseconds = Math.round(performance.now() - startedAt);
  return ok("channel", `it opens, and answers within ${milliseconds} ms`, null, { milliseconds });
}
