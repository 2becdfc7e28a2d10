import { Elysia } from "elysia";
import { eventStreamHeaders, toEventStream } from "../http/event-stream.ts";
import { streamTestBeats, streamTestPauseMs, type StreamTestBeat } from "../protocol/stream-test.ts";
import type { Services } from "../services.ts";

/** A stream that costs nothing: with it anybody sees whether a proxy in between passes on what is said when it is said. */
export function streamTest({ log }: Services) {
  return new Elysia({ prefix: "/backend-api/v2" }).get(
    "/stream-test",
    ({ request, server }) => {
      const body = toEventStream(beats(), {
        request,
        server,
        encode: (beat) => `data: ${JSON.stringify(beat)}\n\n`,
        encodeFailure(error) {
          log.error("the test of streams failed", { error });
          return "";
        },
        hasComments: true,
      });
      return new Response(body, { headers: eventStreamHeaders });
    },
    {
      detail: {
        summary: "Six events, 300 ms apart: whether a proxy passes on a stream as it comes",
        description:
          'Unnamed events, `{"n":1,"ms":0}`: which it is, and when it was sent. `parley doctor --url` reads them.',
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
