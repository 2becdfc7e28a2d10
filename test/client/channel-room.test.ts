import { expect, test } from "bun:test";
import { type Answer, createClient, type Room } from "../../client/index.ts";
import { collect, failureOf, hangingAnswer, question, slowAnswer, withClient } from "../support/client.ts";
import { assertRun, readEvents, textOf } from "../support/events.ts";
import { until } from "../support/until.ts";

const asked = { ...question, chat_id: "chat-1" };

/** The next answer of a room. */
async function nextOf(answers: AsyncIterator<Answer>): Promise<Answer> {
  const { value } = await answers.next();
  return value ?? expect.unreachable();
}

test("a room shows who is there, and every answer of its chat to everybody, whoever asked", () =>
  withClient(
    () => slowAnswer([..."abcdef"], 20),
    {},
    async ({ client, app }) => {
      using ann = client.channel();
      using bob = client.channel();
      const told: number[] = [];
      const room = ann.join("chat-1", { name: "Ann", onMembers: ({ count }) => told.push(count) });
      expect(room.you).toBeUndefined();
      await room.entered;
      const theirs = bob.join("chat-1", { name: "Bob" });
      await until(() => room.count === 2 && theirs.count === 2);
      expect(room.members.map(({ name }) => name)).toEqual(["Ann", "Bob"]);
      expect(room.members.find(({ member_id }) => member_id === room.you)?.name).toBe("Ann");

      const overHttp = client.chat(asked);
      const [hers, his] = [room[Symbol.asyncIterator](), theirs[Symbol.asyncIterator]()];
      void overHttp.text();
      const answers = [await nextOf(hers), await nextOf(his)];
      expect(await answers[0]!.runId).toBe(await overHttp.runId);
      for (const events of await Promise.all(answers.map(collect))) {
        assertRun(events);
        expect(textOf(events)).toBe("abcdef");
      }
      const own = ann.chat(asked);
      expect(await own.text()).toBe("abcdef");
      expect(await (await nextOf(his)).text()).toBe("abcdef");
      expect(await (await nextOf(hers)).runId).toBe(await own.runId);

      theirs.leave();
      await until(() => room.count === 1);
      expect(await his.next()).toEqual({ done: true, value: undefined });
      expect(told).toContain(2);
      expect((await (await app.get("/backend-api/v2/runs")).json()) as unknown[]).toHaveLength(2);
    },
  ));

test("an answer of a room that is left goes on for the others; its cancel() stops it for all", () =>
  withClient(
    () => hangingAnswer("Hello"),
    {},
    async ({ client, upstream }) => {
      using channel = client.channel();
      using other = client.channel();
      const room = other.join("chat-1");
      await room.entered;
      const own = channel.chat(asked);
      const reading = collect(own);
      const answers = room[Symbol.asyncIterator]();
      const shown = await nextOf(answers);
      for await (const event of shown) if (event.type === "content") break;
      await other.ping();
      const again = other.attach(await own.runId);
      for await (const event of again) if (event.type === "content") await shown.cancel();
      expect((await reading).at(-1)).toMatchObject({ type: "finish", finish: { reason: "cancelled" } });
      await upstream.requests[0]!.closed;
    },
  ));

test("a room is entered again with each socket, and its answers go on where they were, also those that end meanwhile", () =>
  withClient(
    (_, count) => slowAnswer([..."abcdefghij"], count === 1 ? 60 : 15),
    {},
    async ({ client, proxy, app }) => {
      using channel = client.channel();
      const other = createClient(app.origin);
      const room = channel.join("chat-1", { name: "Ann" });
      await room.entered;
      const before = room.you;
      const answers = room[Symbol.asyncIterator]();
      const [long, short] = [other.chat(asked), other.chat(asked)];
      void long.text();
      await long.runId;
      const shown = [await nextOf(answers)];
      const shortText = short.text();
      shown.push(await nextOf(answers));
      const whole = shown.map(collect);
      await Bun.sleep(50);
      proxy.moveTo(undefined);
      proxy.breakAll();
      await shortText;
      proxy.moveTo(app.origin);
      for (const [index, events] of (await Promise.all(whole)).entries()) {
        assertRun(events);
        expect(textOf(events)).toBe("abcdefghij");
        const kept = await app.get(`/backend-api/v2/runs/${await shown[index]!.runId}/events`);
        expect(events).toEqual(await readEvents(kept));
      }
      expect(room.you).not.toBe(before);
      expect(room.members.map(({ name }) => name)).toEqual(["Ann"]);
      const next = other.chat(asked);
      expect(await next.text()).toBe("abcdefghij");
      expect(await (await nextOf(answers)).runId).toBe(await next.runId);
    },
  ));

test("a room that is refused says why, whoever asks; leaving one ends its answers", () =>
  withClient(
    () => hangingAnswer("Hello"),
    {},
    async ({ client }) => {
      using channel = client.channel();
      const refusals: [Room, string][] = [
        [channel.join("a/b"), "invalid_request"],
        [channel.join("chat", { name: "x".repeat(65) }), "invalid_request"],
      ];
      for (const [room, code] of refusals) {
        expect(await failureOf(room.entered)).toMatchObject({ code });
        expect(await failureOf(room[Symbol.asyncIterator]().next())).toMatchObject({ code });
      }
      const controller = new AbortController();
      const room = channel.join("chat-1", { signal: controller.signal });
      expect(await failureOf(channel.join("chat-1").entered)).toMatchObject({ code: "id_in_use" });
      const own = channel.chat(asked);
      const reading = failureOf(own.text());
      let text: Promise<unknown> | undefined;
      for await (const answer of room) {
        text = failureOf(answer.text());
        controller.abort();
      }
      expect(await text).toMatchObject({ code: "cancelled" });
      await own.cancel();
      expect(await reading).toMatchObject({ code: "cancelled" });
      // Whoever has left may come again.
      await channel.join("chat-1").entered;
    },
  ));
