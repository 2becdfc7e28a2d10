import { apiPath, type Connection, toParleyError } from "./connection.ts";
import { ParleyError } from "./errors.ts";
import { createPatience } from "./patience.ts";
import { until } from "./until.ts";

/** How long it is tried, arbitrary: where nobody reads, the server ends a run by itself before long. */
const cancelMs = 10_000;

/** Stops a run, and waits until it has ended. @throws {ParleyError} where that cannot be said to the server */
export async function requestCancel(connection: Connection, id: string): Promise<void> {
  const patience = createPatience();
  for (;;) {
    const asking = new AbortController();
    try {
      // It is answered once the run has ended. Left to itself on a page that closes.
      const init = { method: "POST", keepalive: true, signal: asking.signal };
      const response = connection.request(`${apiPath}/runs/${encodeURIComponent(id)}/cancel`, init);
      const late = new ParleyError("connection_failed", `the server did not answer within ${cancelMs / 1000} s`);
      await until(
        response.then((answer) => answer.text()),
        { ms: cancelMs, late },
      );
      return;
    } catch (thrown) {
      const failed = toParleyError(thrown);
      // It is over for so long that nobody knows it any more.
      if (failed.code === "not_found") return;
      if (failed.code !== "connection_failed") throw failed;
      await patience.wait(failed, cancelMs);
    } finally {
      // One that nobody waits for any more would keep a program from ending.
      asking.abort();
    }
  }
}
