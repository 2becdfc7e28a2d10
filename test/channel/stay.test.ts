import { expect, test } from "bun:test";
import { createChannel } from "../../src/channel/channel.ts";
import { localCaller } from "../../src/protocol/caller.ts";
import { openApp, providerYaml } from "../support/app.ts";
import { openChannel } from "../support/channel.ts";
import { chatChunks } from "../support/chat-chunks.ts";
import { makeKey } from "../support/keys.ts";
import { openUpstream } from "../support/scripted-upstream.ts";

test("a socket that only listens is closed, too, once its key is no more", async () => {
  await using app = await openApp();
  const { runs, log } = app.services;
  const rooms = { join: () => () => {}, announce() {} };
  const startOnce = async () => expect.unreachable();
  const channel = createChannel({ runs, rooms, startOnce, log, maxSockets: 10, maxSocketsPerKey: 10, askAgainMs: 20 });
  const { promise: closed, resolve } = Promise.withResolvers<number>();
  let asked = 0;
  const socket = { send: () => 0, buffered: () => 0, cork() {}, close: resolve };
  channel.open(socket, localCaller, () => (++asked < 3 ? localCaller : undefined));
  expect(await closed).toBe(4401);
  await channel.close(0);
});

test.each([
  ["a rate", { runs_per_minute: 1 }, "rate_limited"],
  ["a budget", { tokens_per_day: 1 }, "budget_spent"],
])("%s that a key is given holds on the sockets that are open", async (_, changes, code) => {
  using upstream = openUpstream(() => chatChunks([{ content: "Well." }]));
  await using app = await openApp({ yaml: providerYaml({ name: "Work", origin: upstream.origin }) });
  const { id, headers } = await makeKey(app, "ann");
  using channel = await openChannel(app.origin, { headers });
  const ask = async (id: string) => {
    channel.send({ op: "run", id, request: { model: "m", messages: [{ role: "user", content: "Well?" }] } });
    return channel.find((frame) => frame.id === id && ["refused", "finish"].includes(frame.type));
  };
  expect(await ask("before")).toMatchObject({ type: "finish" });
  await app.services.store.accessKeys.update(id, changes);
  await ask("once more");
  expect(await ask("after")).toMatchObject({ type: "refused", error: { code } });
});
