import { Elysia } from "elysia";
import { answers } from "../http/answers.ts";
import { content } from "../http/content.ts";
import { streamUnnamed } from "../http/unnamed-events.ts";
import { StreamTestBeat, streamTestBeats, streamTestPauseMs } from "../protocol/stream-test.ts";

/** A stream that costs nothing: with it anybody sees whether a proxy in between passes on what is said when it is said. */
export function streamTest() {
  return new Elysia({ prefix: "/backend-api/v2" }).get(
    "/stream-test",
    ({ request, server }) => streamUnnamed(beats(), { request, server }),
    {
      response: answers({
        200: content<AsyncGenerator<{ readonly data: StreamTestBeat }, void, unknown>>({
          "text/event-stream": StreamTestBeat,
        }),
      }),
      detail: {
        summary: "Six events, 300 ms apart: whether a proxy passes on a stream as it comes",
        description: "Unnamed events: which it is, and when it was sent. `parley doctor --url` reads them.",
      },
    },
  );
}

async function* beats(): AsyncGenerator<StreamTestBeat> {
  const startedAt = performance.now();
  for (let n = 1; n <= streamTestBeats; n++) {
    if (n > 1) await Bun.sleep(streamTestPauseMs);
    yield { n, ms: Math.round(performance.now() - startedAt) };
  }
}
