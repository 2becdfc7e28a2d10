import { utcDay } from "../../src/lib/clock.ts";
import type { TestApp } from "../support/app.ts";
import type { TestKey } from "../support/keys.ts";
import { toPng } from "../support/pictures.ts";

/** What somebody has, one of each, by the names that addresses call it. */
export interface Things extends Readonly<Record<string, string>> {
  readonly run_id: string;
  readonly chat_id: string;
  readonly message_id: string;
  readonly bucket_id: string;
  readonly document: string;
  readonly picture: string;
  readonly name: string;
  readonly share_id: string;
  readonly user_id: string;
  readonly memory_id: string;
  readonly file_id: string;
  readonly id: string;
  readonly terms: string;
  readonly provider: string;
  readonly domain: string;
  readonly date: string;
  readonly digest: string;
  readonly asset: string;
  readonly "*": string;
}

export interface Owned {
  readonly things: Things;
  /** The same, of which there is none. */
  readonly missing: Things;
  readonly writeKey: string;
}

/** It stands in all that somebody has: who is told it has been told of what is theirs. */
export const sign = "ownsigned";

/** Makes one of everything through the server's own doors. */
export async function makeThings(app: TestApp, { headers }: Pick<TestKey, "headers">, owner: string): Promise<Owned> {
  const send = async (path: string, body: BodyInit, more: Record<string, string> = {}) => {
    const answer = await app.get(path, { method: "POST", body, headers: { ...headers, ...more } });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return answer;
  };
  const json = async (path: string, body: unknown) => (await (await send(path, JSON.stringify(body))).json()) as never;
  const words = `words of ${sign}`;
  const png = new File([Uint8Array.from(toPng(3, 2, () => [1, 2, 3, 255]))], `${sign}.png`, { type: "image/png" });

  const asked = await send("/backend-api/v2/conversation", JSON.stringify({ ...question(words), resumable: true }));
  const run_id = asked.headers.get("x-run-id") ?? "";
  await asked.text();
  const chat_id = `chat-${sign}`;
  const chat: { messages: { message_id: string }[] } = await json("/backend-api/v2/chats", {
    chat_id,
    title: words,
    ...question(words),
  });
  const bucket_id = `bucket-${sign}`;
  await send(`/backend-api/v2/files/${bucket_id}`, toForm("files", new File([words], `${sign}.txt`), png));
  const share_id = `share-${sign}`;
  const share: { write_key: string } = await json(`/backend-api/v2/chat/${share_id}`, { title: words, updated: 1 });
  const user_id = `user-${sign}`;
  const memory: { ids: string[] } = await json(`/backend-api/v2/memory/${user_id}`, { memory: words });
  const response: { id: string } = await json("/v1/responses", {
    model: "Work/m",
    input: words,
    background: true,
  });
  await untilDone(app, `/v1/responses/${response.id}`, headers);
  const form = toForm("file", new File([words], `${sign}.txt`));
  form.append("purpose", "user_data");
  const file = (await (await send("/v1/files", form)).json()) as { id: string };
  await json("/backend-api/v2/usage", { model: sign, provider: "Work", total_tokens: 3 });
  await json("/backend-api/v2/log", { said: words });
  const medium = await app.services.library.store.save(
    toPng(4, 4, () => [3, 2, 1, 255]),
    { owner, model: "m", prompt: sign },
  );

  const things: Things = {
    run_id,
    chat_id,
    message_id: chat.messages[0]?.message_id ?? "",
    bucket_id,
    document: `${sign}.txt`,
    picture: `${sign}.png`,
    name: medium.name,
    share_id,
    user_id,
    memory_id: memory.ids[0] ?? "",
    file_id: file.id,
    id: response.id,
    terms: sign,
    provider: "Work",
    domain: "cookies.example",
    date: utcDay(Date.now()),
    digest: `sha256:${"a".repeat(64)}`,
    asset: "nothing.js",
    "*": "m",
  };
  return { things, missing: toMissing(things), writeKey: share.write_key };
}

async function untilDone(app: TestApp, path: string, headers: Record<string, string>): Promise<void> {
  const read = async () => ((await (await app.get(path, { headers })).json()) as { status: string }).status;
  while ((await read()) !== "completed") await Bun.sleep(1);
}

const question = (content: string) => ({ messages: [{ role: "user", content }] });

function toForm(field: string, ...files: readonly File[]): FormData {
  const form = new FormData();
  for (const file of files) form.append(field, file);
  return form;
}

/** Everybody's alike. */
const common = new Set(["provider", "domain", "date", "digest", "asset", "*"]);

/** Of the same shape: the last letters of each name are others. */
function toMissing(things: Things): Things {
  const other = Object.entries(things).map(([name, value]) => [
    name,
    common.has(name) ? value : value.replace(/[\w-]{3}(?=(\.\w+)?$)/, "qqq"),
  ]);
  return Object.fromEntries(other);
}
