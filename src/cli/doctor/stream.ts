import { countAt, tryParseJson } from "../../lib/json.ts";
import { createSseDecoder } from "../../lib/sse.ts";
import { streamTestBeats } from "../../protocol/stream-test.ts";
import { type Finding, findingsAbout } from "./finding.ts";
import { type Place, visit } from "./visit.ts";

const { ok, warn, fail } = findingsAbout("server");

/** What a network and a busy machine may add; beyond it somebody holds a stream back. Half of what is held back at least. */
const maxHeldMs = 600;

const cure =
  "your proxy gathers what is streamed. nginx: proxy_buffering off; and no gzip for text/event-stream. Apache: " +
  "flushpackets=on. Caddy: flush_interval -1, and no encode for it. See src/help/deploy.md";

/** Whether a stream comes piece by piece. */
export async function checkStream(place: Place): Promise<Finding> {
  const response = await visit(place, "stream-test");
  if (response.status === 404) return warn("streams", "an older version: it has no stream to test with", "update it");
  if (!response.ok || !response.body) return fail("streams", `the test answered ${response.status}`, "see its log");
  const lags = await readLags(response.body);
  if (lags.length < streamTestBeats)
    return fail(
      "streams",
      `the test broke off after ${lags.length} of ${streamTestBeats} events`,
      "does the proxy limit how long an answer may take?",
    );
  const heldMs = Math.round(Math.max(...lags) - Math.min(...lags));
  const encoding = response.headers.get("content-encoding");
  const packed = encoding === null ? "" : `, packed as ${encoding}`;
  const more = { milliseconds: heldMs };
  if (heldMs > maxHeldMs) return fail("streams", `held back for ${(heldMs / 1000).toFixed(1)} s${packed}`, cure, more);
  return ok("streams", `they come piece by piece, within ${heldMs} ms${packed}`, null, more);
}

/** How much later than it was sent each event came, but for what is the same of all of them. */
async function readLags(body: ReadableStream<Uint8Array>): Promise<number[]> {
  const decoder = createSseDecoder();
  const lags: number[] = [];
  try {
    for await (const bytes of body)
      for (const { data } of decoder.push(bytes)) {
        const sentMs = countAt(tryParseJson(data), "ms");
        if (sentMs !== undefined) lags.push(performance.now() - sentMs);
      }
  } catch {
    // How many came tells enough.
  }
  return lags;
}
