import { expect, test } from "bun:test";
import type { RunEvent } from "../../src/protocol/events.ts";
import { collect, contentPiece, question, withClient } from "../support/client.ts";
import { assertRun, readEvents, textOf } from "../support/events.ts";
import { chunked, lastChunk, openaiText, type Step, toChunk } from "../support/scripted-upstream.ts";

const count = 40_000;
const end = toChunk('data: {"model":"m","choices":[{"delta":{},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n');
const many: readonly Step[] = [
  ...chunked([]),
  // With a breath after each thousand: client and server share a thread here, and a flood leaves neither its turn.
  ...Array.from({ length: count / 1000 }, (_, part): Step[] => [
    Buffer.concat(Array.from({ length: 1000 }, (__, index) => contentPiece(`${part * 1000 + index} `))),
    { waitMs: 5 },
  ]).flat(),
  end,
  lastChunk,
];
const whole = Array.from({ length: count }, (_, index) => `${index} `).join("");

test(
  "an answer that is read slowly is held back, and whole in the end, while others on its socket come at once",
  () =>
    withClient(
      (_, nth) => (nth === 1 ? many : openaiText("Hello")),
      {},
      async ({ client, proxy, app }) => {
        using channel = client.channel();
        const slow = channel.chat(question);
        const events: RunEvent[] = [];
        let passed = 0;
        for await (const event of slow) {
          events.push(event);
          if (events.length !== 5) continue;
          // Nothing is read for a while: what comes stops, though there is much more.
          do {
            passed = proxy.passed;
            await Bun.sleep(500);
          } while (proxy.passed - passed >= 5_000);
          expect(await channel.chat(question).text()).toBe("Hello");
        }
        assertRun(events);
        expect(textOf(events)).toBe(whole);
        expect(proxy.requests).toHaveLength(1);
        const kept = await app.get(`/backend-api/v2/runs/${await slow.runId}/events`);
        expect(events).toEqual(await readEvents(kept));
        // Of 40,000 frames of about 120 bytes.
        expect(passed).toBeLessThan(1_500_000);
      },
    ),
  30_000,
);

test(
  "a reader that is behind is not taken for gone, however long it thinks",
  () =>
    withClient(
      () => [...many.slice(0, -2), { waitMs: 2_500 }, end, lastChunk],
      { app: { flags: { run_grace: "1" } } },
      async ({ client }) => {
        using channel = client.channel({ silenceMs: 900 });
        const events: RunEvent[] = [];
        for await (const event of channel.chat(question)) {
          events.push(event);
          if (events.length === 5) await Bun.sleep(2_000);
        }
        assertRun(events);
        expect(events.at(-1)).toEqual({ type: "finish", finish: { reason: "stop" } });
        expect(textOf(events)).toBe(whole);
      },
    ),
  30_000,
);

test(
  "an answer of a room that is read slowly goes on by itself once its reader has caught up",
  () =>
    withClient(
      () => many,
      {},
      async ({ client }) => {
        using channel = client.channel();
        const room = channel.join("chat-1");
        await room.entered;
        const own = collect(channel.chat({ ...question, chat_id: "chat-1" }));
        for await (const answer of room) {
          await own;
          const events = await collect(answer);
          expect(events).toEqual(await own);
          break;
        }
        expect(textOf(await own)).toBe(whole);
      },
    ),
  30_000,
);
