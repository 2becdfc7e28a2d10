import { describe, expect, test } from "bun:test";
import { assertRun, readEvents, textOf } from "../support/events.ts";
import { collect, question, slowAnswer, withClient } from "../support/client.ts";
import type { Cut } from "../support/cutting-proxy.ts";
import { createRandom } from "../support/random.ts";

const words = Array.from({ length: 200 }, (_, index) => `${index} Grüße 👋🏽 日本 `);
const draw = createRandom(7);
/** Of the head of an answer. */
const headBytes = 700;

const anyByte = Array.from({ length: 20 }, (_, index) => ({
  bytes: index % 7 === 0 ? Math.ceil(draw() * headBytes) : headBytes + Math.ceil(draw() * 1600),
}));
const borders = Array.from({ length: 20 }, () => ({ messages: 1 + Math.ceil(draw() * 15) }));
const places: Record<string, Cut> = {
  "at any byte": (count) => anyByte[count - 1],
  "between two events": (count) => borders[count - 1],
};

describe("an answer whose connection breaks", () => {
  test.each(Object.keys(places))("20 times %s is given whole, each event once and in order", (place) =>
    withClient(
      () => slowAnswer(words, 8),
      { cut: places[place]! },
      async ({ client, proxy, app, upstream }) => {
        const answer = client.chat(question);
        const events = await collect(answer);
        assertRun(events);
        expect(textOf(events)).toBe(words.join(""));
        expect(await answer.text()).toBe(words.join(""));
        expect(proxy.cuts).toBe(20);
        expect(upstream.requests).toHaveLength(1);
        // What was seen is what the server has written down.
        const kept = await readEvents(await app.get(`/backend-api/v2/runs/${await answer.runId}/events`));
        expect(events).toEqual(kept);
      },
    ),
  );
});
