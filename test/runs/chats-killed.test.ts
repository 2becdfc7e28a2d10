import { expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { conversationPath, providerYaml } from "../support/app.ts";
import { fromSource, type RunningServer, startServer } from "../support/command.ts";
import { readRun, textOfRun } from "../support/events.ts";
import { chunked, openUpstream, type Step, toChunk } from "../support/scripted-upstream.ts";

const kills = 5;
const pieces = Array.from({ length: 300 }, (_, index) => `${index} `);
const delta = (content: string) => toChunk(`data: {"model":"m","choices":[{"delta":{"content":"${content}"}}]}\n\n`);
const steps: readonly Step[] = [...chunked([]), ...pieces.flatMap((piece): Step[] => [delta(piece), { waitMs: 2 }])];

/** Reads until the server is gone, and gives what was seen of the answer. */
async function watch(origin: string, chatId: string): Promise<string> {
  const body = JSON.stringify({ chat_id: chatId, model: "m", messages: [{ role: "user", content: "Count" }] });
  const response = await fetch(origin + conversationPath, { method: "POST", body });
  let text = "";
  try {
    for await (const bytes of response.body!) text += Buffer.from(bytes).toString();
  } catch {
    // The server is gone.
  }
  return textOfRun(readRun(text, response.headers.get("x-run-id") ?? ""));
}

test(`killed ${kills} times in the middle of an answer, its chat has the question, and all that anybody has seen of the answer`, async () => {
  const cwd = mkdtempSync(join(tmpdir(), "parley-chats-killed-"));
  using upstream = openUpstream(() => [...steps, "hang"]);
  await Bun.write(join(cwd, "parley.yaml"), providerYaml({ name: "Work", origin: upstream.origin }));
  const start = (): Promise<RunningServer> =>
    startServer(fromSource, { cwd, args: ["--config", "parley.yaml", "--titles", "words"] });
  let server = await start();
  let seenLength = 0;
  for (let kill = 0; kill < kills; kill++) {
    const watching = watch(server.origin, `c${kill}`);
    while (upstream.requests.length <= kill) await Bun.sleep(1);
    await Bun.sleep(100 + Math.random() * 400);
    server.child.kill("SIGKILL");
    await server.child.exited;
    const seen = await watching;
    server = await start();
    const chat = await (await fetch(`${server.origin}/backend-api/v2/chats/c${kill}`)).json();
    expect(chat.title).toBe("Count");
    const [question, answer, ...more] = chat.messages;
    expect(question.message).toEqual({ role: "user", content: "Count" });
    expect([answer.state, more]).toEqual(["interrupted", []]);
    const kept: string = answer.message.content;
    expect(kept.startsWith(seen)).toBe(true);
    expect(pieces.join("").startsWith(kept)).toBe(true);
    seenLength += seen.length;
  }
  expect(seenLength).toBeGreaterThan(0);
  await server[Symbol.asyncDispose]();
  rmSync(cwd, { recursive: true, force: true });
}, 300_000);
