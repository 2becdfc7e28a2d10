import { expect, test } from "bun:test";
import { createChannel } from "../../src/channel/channel.ts";
import { localCaller } from "../../src/protocol/caller.ts";
import { openApp } from "../support/app.ts";

test("a socket that only listens is closed, too, once its key is no more", async () => {
  await using app = await openApp();
  const { runs, log } = app.services;
  const rooms = { join: () => () => {}, announce() {} };
  const startOnce = async () => expect.unreachable();
  const channel = createChannel({ runs, rooms, startOnce, log, maxSockets: 10, maxSocketsPerKey: 10, askAgainMs: 20 });
  const { promise: closed, resolve } = Promise.withResolvers<number>();
  let asked = 0;
  const socket = { send: () => 0, buffered: () => 0, cork() {}, close: resolve };
  channel.open(socket, localCaller, () => ++asked < 3);
  expect(await closed).toBe(4401);
  await channel.close(0);
});
