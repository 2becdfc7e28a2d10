/**
 * What stored chats cost: `bun test/bench/chats.ts`. A hundred thousand messages in a thousand chats, and one chat of twenty
 * thousand, are imported, searched, read in pages, exported and deleted over HTTP by another process. Of each it tells the
 * median and the 95th of a hundred times, and for how long the server's event loop was held up at most meanwhile. Of the import it
 * tells when it was answered, and when all was indexed.
 */
import { createRandom } from "../support/random.ts";
import { openApp } from "../support/app.ts";
import { watchLoop } from "./held-up.ts";

const [chatCount, perChat, longCount] = [1000, 100, 20_000];
const vocabulary = 20_000;
const lastWord = "thelastwordofall";
const base = "/backend-api/v2/chats";

const random = createRandom(7);
/** Few words are common, most are rare, as in any language. */
const toWord = (rank: number) =>
  rank
    .toString(26)
    .replace(/./g, (digit) => `${"bcdfghjklmnprstvz"[parseInt(digit, 26) % 17]}${"aeiou"[parseInt(digit, 26) % 5]}`);
const word = () => toWord(26 + Math.floor(random() ** 4 * vocabulary));
const sentence = () => Array.from({ length: 20 + Math.floor(random() * 120) }, word).join(" ");

function* chats(): Generator<string> {
  yield "[";
  for (let chat = 0; chat <= chatCount; chat++) {
    const count = chat === chatCount ? longCount : perChat;
    const said = (index: number) => (chat === chatCount && index === count - 1 ? lastWord : sentence());
    const messages = Array.from({ length: count }, (_, index) => ({
      message_id: `m${index}`,
      parent_id: index === 0 ? null : `m${index - 1}`,
      message: { role: index % 2 === 0 ? "user" : "assistant", content: said(index) },
    }));
    const id = chat === chatCount ? "long" : `c${chat}`;
    yield `${chat === 0 ? "" : ","}${JSON.stringify({ chat_id: id, title: sentence().slice(0, 60), messages })}`;
  }
  yield "]";
}

const search = () => `?q=${encodeURIComponent([word(), word()].join(" "))}`;
let cursor = "";
const steps: Readonly<Record<string, readonly [count: number, method: string, toPath: () => string]>> = {
  "search, a common word": [100, "GET", () => `?q=${toWord(26)}`],
  "search, a rare word": [100, "GET", () => `?q=${toWord(vocabulary - 7)}`],
  "search, two words": [100, "GET", search],
  "search, six words": [
    100,
    "GET",
    () => `${search()}${encodeURIComponent(` ${word()} ${word()} ${word()} ${word()}`)}`,
  ],
  "search, what begins so": [100, "GET", () => `?q=${toWord(vocabulary - 7).slice(0, 5)}`],
  "search, nothing": [100, "GET", () => "?q=zebra"],
  "list, first page": [100, "GET", () => "?limit=50"],
  "list, page after page": [20, "GET", () => `?limit=50&cursor=${cursor}`],
  "chat of 100 messages": [100, "GET", () => `/c${Math.floor(random() * chatCount)}`],
  "long chat, first page": [100, "GET", () => "/long"],
  "long chat, a page in the middle": [100, "GET", () => `/long?cursor=m${Math.floor(random() * longCount)}`],
  "long chat, the end of its branch": [100, "GET", () => "/long?path=current&limit=100"],
  "add a message": [100, "POST", () => "/long/messages"],
  "long chat as JSON": [5, "GET", () => "/long/export"],
  "long chat as Markdown": [5, "GET", () => "/long/export?format=markdown"],
  "all chats as JSON": [1, "GET", () => "/export"],
  "delete half of the long chat": [1, "DELETE", () => `/long/messages/m${longCount / 2}`],
  "delete the long chat": [1, "DELETE", () => "/long"],
};

/** In a process of its own, so that only the server's work is seen in the server. */
async function measure(origin: string, name: string): Promise<void> {
  const [count, method, toPath] = steps[name] ?? [0, "", () => ""];
  const times: number[] = [];
  for (let round = 0; round < count; round++) {
    const body = method === "POST" ? JSON.stringify({ messages: [{ role: "user", content: sentence() }] }) : null;
    const startedAt = performance.now();
    const answer = await fetch(`${origin}${base}${toPath()}`, { method, body });
    const text = await answer.text();
    times.push(performance.now() - startedAt);
    if (!answer.ok) throw new Error(text);
    cursor = /"next":"([^"]*)"\}$/.exec(text)?.[1] ?? "";
  }
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number) => (sorted[Math.min(count - 1, Math.floor(count * share))] ?? 0).toFixed(1).padStart(9);
  process.stdout.write(`${name.padEnd(36)}${at(0.5)}${at(0.95)}`);
}

async function bringAll(origin: string): Promise<void> {
  const startedAt = performance.now();
  const texts = chats();
  const body = new ReadableStream({
    pull(controller) {
      const { done, value } = texts.next();
      if (done) controller.close();
      else controller.enqueue(new TextEncoder().encode(value));
    },
  });
  const answer = await fetch(`${origin}${base}/import`, { method: "POST", body });
  const { messages } = await answer.json();
  const broughtMs = performance.now() - startedAt;
  const isIndexed = async () => (await (await fetch(`${origin}${base}?q=${lastWord}`)).text()).includes("<mark>");
  while (!(await isIndexed())) await Bun.sleep(100);
  const indexedMs = performance.now() - startedAt;
  const told = [broughtMs, indexedMs].map((ms) => ms.toFixed(0).padStart(9));
  process.stdout.write(`${`import of ${messages} messages, indexed`.padEnd(36)}${told.join("")}`);
}

async function serve(): Promise<void> {
  await using app = await openApp();
  const heldUp = watchLoop();
  console.log(`${"ms".padEnd(36)}   median      p95   held up  its CPU`);
  for (const name of ["import", ...Object.keys(steps)]) {
    heldUp();
    const child = Bun.spawn([process.execPath, import.meta.path, app.origin, name], {
      stdout: "pipe",
      stderr: "inherit",
    });
    const told = await new Response(child.stdout).text();
    if ((await child.exited) !== 0) throw new Error(`${name} failed`);
    // What goes on after the answer.
    await Bun.sleep(name.startsWith("delete") ? 3000 : 100);
    const { ms, cpuMs } = heldUp();
    console.log(`${told}${ms.toFixed(1).padStart(10)}${cpuMs.toFixed(1).padStart(9)}`);
  }
  process.exit();
}

const [origin, name = ""] = Bun.argv.slice(2);
if (origin === undefined) await serve();
else if (name === "import") await bringAll(origin);
else await measure(origin, name);
