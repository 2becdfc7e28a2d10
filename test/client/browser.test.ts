import { expect, test } from "bun:test";
import { join } from "node:path";
import { providerYaml, openApp } from "../support/app.ts";
import { chromium, openView, warnWithoutChromium } from "../support/browser.ts";
import { hangingAnswer, slowAnswer } from "../support/client.ts";
import { root } from "../support/command.ts";
import { openCuttingProxy } from "../support/cutting-proxy.ts";
import { openUpstream } from "../support/scripted-upstream.ts";

warnWithoutChromium("the client in a browser");

const key = "pk-browser-0123456789";
const cuts = [{ messages: 5 }, { bytes: 900 }, { messages: 7 }];

/** What a page of another origin does with the client, and says of it. */
const script = (origin: string) => `
  import { createClient } from "/client.js";
  const ask = (content) => ({ messages: [{ role: "user", content }], model: "m", provider: "Work" });
  const said = {};
  const client = createClient(${JSON.stringify(origin)}, { key: ${JSON.stringify(key)} });
  const run = async () => {
    said.text = await client.chat(ask("Hello")).text();
    const hanging = client.chat(ask("hang"));
    for await (const event of hanging) if (event.type === "content") break;
    said.state = (await client.api.runs({ run_id: await hanging.runId }).get()).data.state;
    const line = "a line\\n".repeat(500_000);
    const files = [new File([line], "long.txt"), { name: "notes.md", blob: new Blob(["# Hi"]) }];
    const seen = [];
    const upload = await client.upload("b", files, { onProgress: (progress) => seen.push(progress) });
    said.files = upload.files.join();
    const { loaded, total } = seen.at(-1);
    said.progress = loaded === total && total === line.length + 4;
    const failureOf = (doing) => doing.then(() => "none", ({ code, status }) => code + " " + status);
    said.refused = await failureOf(createClient(${JSON.stringify(origin)}, { key: "wrong" }).upload("b", files));
    const controller = new AbortController();
    const onProgress = () => controller.abort();
    said.aborted = await failureOf(client.upload("c", files, { onProgress, signal: controller.signal }));
    said.lost = await failureOf(createClient("http://127.0.0.1:9").upload("b", files));
  };
  await run().catch((thrown) => (said.thrown = String(thrown.stack)));
  document.title = JSON.stringify({ ...said, isDone: true });
`;

test.skipIf(!chromium)(
  "the client works in a page of another origin: answers, cancelling, uploads with their progress",
  async () => {
    const built = await Bun.build({ entrypoints: [join(root, "client/index.ts")], target: "browser" });
    const bundle = await built.outputs[0]!.text();
    using upstream = openUpstream(({ body }) =>
      body.includes("hang") ? hangingAnswer("Hello") : slowAnswer([..."Grüße 👋🏽!"], 20),
    );
    let page = "";
    using pages = Bun.serve({
      port: 0,
      hostname: "127.0.0.1",
      fetch: ({ url }) =>
        new URL(url).pathname === "/client.js"
          ? new Response(bundle, { headers: { "content-type": "text/javascript" } })
          : new Response(page, { headers: { "content-type": "text/html; charset=utf-8" } }),
    });
    await using app = await openApp({
      yaml: providerYaml({ name: "Work", origin: upstream.origin }),
      flags: { access_key: key, cors_origins: pages.url.origin },
    });
    let streams = 0;
    await using proxy = await openCuttingProxy(app.origin, (_, request) =>
      /conversation|events/.test(request) ? cuts[streams++] : undefined,
    );
    page = `<!doctype html><title>at work</title><script type="module">${script(proxy.origin)}</script>`;
    const { view, until } = await openView(pages.url.href);
    await until("document.title", "isDone");
    expect(JSON.parse(String(await view.evaluate("document.title")))).toEqual({
      text: "Grüße 👋🏽!",
      state: "cancelled",
      files: "long.txt,notes.md",
      progress: true,
      refused: "access_denied 401",
      aborted: "cancelled 0",
      lost: "connection_failed 0",
      isDone: true,
    });
    expect(proxy.cuts).toBe(3);
    expect(upstream.requests).toHaveLength(2);
    expect(proxy.requests.join()).not.toContain(key);
    view.close();
  },
  30_000,
);
