import { expect, test } from "bun:test";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { conversationPath, providerYaml } from "../support/app.ts";
import { openChannel } from "../support/channel.ts";
import { fromSource, startServer } from "../support/command.ts";
import { openaiText, openUpstream, type Step } from "../support/scripted-upstream.ts";
import { until } from "../support/until.ts";

const said = Array.from({ length: 40 }, (_, index) => `${index} `);
const whole = said.join("");
const messages = [{ role: "user", content: "Count" }];
const own = { messages, model: "m", provider: "Work" };

/** Each way in which an answer is streamed: what is asked, and the text in what comes of it. */
const doors: readonly { readonly path: string; readonly body: object; readonly pattern: RegExp }[] = [
  { path: conversationPath, body: own, pattern: /"type":"content","content":("[^"]*")/g },
  { path: conversationPath, body: { ...own, resumable: true }, pattern: /"type":"content","content":("[^"]*")/g },
  { path: "/v1/chat/completions", body: { messages, model: "Work/m", stream: true }, pattern: /"content":("[^"]*")/g },
  { path: "/api/chat", body: { messages, model: "Work/m" }, pattern: /"content":("[^"]*")/g },
];

test("a server that is stopped under load ends what it has begun, whole, and begins nothing more", async () => {
  const cwd = mkdtempSync(join(tmpdir(), "parley-stopped-"));
  const { promise: stopping, resolve: goOn } = Promise.withResolvers<void>();
  // Each says half of its answer, and the rest once the server is being stopped.
  using upstream = openUpstream((): Step[] => {
    const steps = openaiText(...said);
    return [
      ...steps.slice(0, 20),
      { until: stopping },
      ...steps.slice(20).flatMap((step): Step[] => [step, { waitMs: 2 }]),
    ];
  });
  writeFileSync(join(cwd, "parley.yaml"), providerYaml({ name: "Work", origin: upstream.origin }));
  const args = ["--config", "parley.yaml", "--drain-timeout", "20"];
  await using server = await startServer(fromSource, { cwd, args });
  const { origin, child } = server;
  const ask = (path: string, body: object) =>
    fetch(origin + path, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });

  const answers = await Promise.all(
    [...doors, ...doors].map(async ({ path, body, pattern }) => ({ path, pattern, answer: await ask(path, body) })),
  );
  using channel = await openChannel(origin);
  for (const id of ["a", "b"]) channel.send({ op: "run", id, request: own });
  const frames = ["a", "b"].map((id) => channel.events(id));
  await channel.find(({ id, type }) => id === "b" && type === "content");
  const { upload, end } = beginUpload(`${origin}/backend-api/v2/files/bucket`);
  await until(() => upstream.requests.length === doors.length * 2 + 2);
  // What has come of the file lies there.
  await until(() => readdirSync(join(cwd, "share/parley/uploads")).length > 0);

  child.kill("SIGTERM");
  let refused = await ask(conversationPath, own);
  while (refused.status === 200) {
    await refused.body?.cancel();
    refused = await ask(conversationPath, own);
  }
  for (const { path, body } of doors) {
    const answer = await ask(path, body);
    await answer.text();
    expect([path, answer.status, Number(answer.headers.get("retry-after")) > 0]).toEqual([path, 503, true]);
  }
  goOn();
  end();
  for (const { path, pattern, answer } of answers) {
    const text = await answer.text();
    const content = [...text.matchAll(pattern)].map(([, json = ""]) => JSON.parse(json)).join("");
    expect([path, answer.status, content]).toEqual([path, 200, whole]);
  }
  for (const events of await Promise.all(frames)) {
    const content = events.map((event) => (event.type === "content" ? event.content : "")).join("");
    expect([content, events.at(-1)]).toEqual([
      whole,
      expect.objectContaining({ type: "finish", finish: { reason: "stop" } }),
    ]);
  }
  expect([(await upload).status, await (await upload).text()]).toEqual([200, expect.stringContaining("first.txt")]);
  expect(await child.exited).toBe(0);

  // It ended well, which its mark would deny; and all is there.
  expect(readdirSync(join(cwd, "share/parley/servers")).filter((name) => name.endsWith(".lock"))).toEqual([]);
  await using next = await startServer(fromSource, { cwd, args });
  expect(await (await fetch(`${next.origin}/backend-api/v2/files/bucket`)).text()).toContain(
    "the first half, and the second",
  );
  rmSync(cwd, { recursive: true });
});

/** A file of which half has come, until it is ended. */
function beginUpload(address: string): { upload: Promise<Response>; end: () => void } {
  const { promise: ending, resolve: end } = Promise.withResolvers<void>();
  const boundary = "boundary";
  const body = new ReadableStream({
    async start(controller) {
      const head = `--${boundary}\r\ncontent-disposition: form-data; name="files"; filename="first.txt"\r\n\r\n`;
      controller.enqueue(Buffer.from(`${head}the first half`));
      await ending;
      controller.enqueue(Buffer.from(`, and the second\r\n--${boundary}--\r\n`));
      controller.close();
    },
  });
  const headers = { "content-type": `multipart/form-data; boundary=${boundary}` };
  return { upload: fetch(address, { method: "POST", headers, body }), end };
}
