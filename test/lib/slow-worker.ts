import { serveThread } from "../../src/lib/thread.ts";

/** Answers with the number that it is asked, after so many milliseconds. */
serveThread(async (ms: number) => {
  await Bun.sleep(ms);
  return ms;
});
