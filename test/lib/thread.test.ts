import { expect, test } from "bun:test";
import { join } from "node:path";

const script = `
  import { openLazyThread } from "${join(import.meta.dir, "../../src/lib/thread.ts")}";
  const thread = openLazyThread(new URL("slow-worker.ts", "file://${import.meta.dir}/"), 1);
  // What the program itself awaits at its top is waited for in any case.
  setTimeout(async () => {
    console.log(await thread.ask(200));
    await thread.close(100, new Error("closed"));
    console.log("closed");
  });
`;

test("a thread keeps its process alive while it is asked, also for the last time, and no longer", async () => {
  const child = Bun.spawn([process.execPath, "-e", script], { stdout: "pipe", stderr: "inherit" });
  expect(await new Response(child.stdout).text()).toBe("200\nclosed\n");
  expect(await child.exited).toBe(0);
});
