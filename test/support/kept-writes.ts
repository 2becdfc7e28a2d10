/** Something that a server keeps, and how it is written and read, numbered writes of one writer at a time. */
export interface KeptKind {
  readonly name: string;
  /** Whether each write stands beside the others, or takes the place of the one before. */
  readonly keeps: "all" | "last";
  /** Where in the data directory its bytes have files of their own. */
  readonly folder?: string;
  /** What must be there before the first write. */
  prepare?(origin: string, writer: string): Promise<Response>;
  write(origin: string, writer: string, n: number): Promise<Response>;
  /** What must be read again. */
  contentOf(writer: string, n: number): string;
  read(origin: string, writer: string): Promise<Kept[]>;
}

export interface Kept {
  readonly n: number;
  readonly content: string;
}

const api = "/backend-api/v2";

/** Of every length, so that what is torn is seen. */
const textOf = (writer: string, n: number) => `${writer} ${n} ${"é红x".repeat((n * 37) % 400)}.`;

const postJson = (origin: string, path: string, body: unknown) =>
  fetch(origin + api + path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });

function postFile(origin: string, path: string, field: string, file: File): Promise<Response> {
  const form = new FormData();
  form.append(field, file);
  return fetch(origin + api + path, { method: "POST", body: form });
}

/** What is answered, or nothing where there is none of it. */
async function readText(origin: string, path: string): Promise<string | undefined> {
  const answer = await fetch(origin + api + path);
  const text = await answer.text();
  if (answer.status === 404) return undefined;
  if (!answer.ok) throw new Error(`${path} was answered with ${answer.status}: ${text}`);
  return text;
}

const readJson = async (origin: string, path: string) => JSON.parse((await readText(origin, path)) ?? "null");

const buckets: KeptKind = {
  name: "buckets",
  keeps: "all",
  folder: "files",
  contentOf: textOf,
  write: (origin, writer, n) =>
    postFile(origin, `/files/${writer}`, "files", new File([textOf(writer, n)], `${writer}-${n}.txt`)),
  async read(origin, writer) {
    const text = (await readText(origin, `/files/${writer}`)) ?? "";
    const files = [...text.matchAll(/<!-- File: \S+-(\d+)\.txt -->\n([^\n]*)\n<!-- End -->\n\n/g)];
    if (files.map(([all]) => all).join("") !== text) throw new Error(`${writer} is no list of whole files`);
    return files.map(([, n, content = ""]) => ({ n: Number(n), content }));
  },
};

const usage: KeptKind = {
  name: "usage",
  keeps: "all",
  contentOf: textOf,
  write: (origin, writer, n) =>
    postJson(origin, "/usage", { run_id: `${writer}-${n}`, prompt_tokens: n, model: "m", note: textOf(writer, n) }),
  async read(origin, writer) {
    const today = new Date().toISOString().slice(0, 10);
    const lines = ((await readText(origin, `/usage/${today}`)) ?? "").split("\n").filter((line) => line !== "");
    return ofWriter(
      writer,
      lines.map((line) => JSON.parse(line)),
      "run_id",
      "note",
    );
  },
};

const log: KeptKind = {
  name: "log",
  keeps: "all",
  contentOf: textOf,
  write: (origin, writer, n) => postJson(origin, "/log", { id: `${writer}-${n}`, note: textOf(writer, n) }),
  async read(origin, writer) {
    const entries: Record<string, string>[] = [];
    for (let next: string | null = `${api}/log?limit=1000`; next !== null;) {
      const page = await readJson(origin, next.slice(api.length));
      entries.push(...page.entries);
      ({ next } = page);
    }
    return ofWriter(writer, entries, "id", "note");
  },
};

const chats: KeptKind = {
  name: "chats",
  keeps: "all",
  contentOf: textOf,
  prepare: (origin, writer) => postJson(origin, "/chats", { chat_id: writer }),
  write: (origin, writer, n) =>
    postJson(origin, `/chats/${writer}/messages`, { messages: [{ role: "user", content: textOf(writer, n) }] }),
  async read(origin, writer) {
    const messages: { message_id: string; parent_id: string | null; message: { content: string } }[] = [];
    for (let cursor: string | null = ""; cursor !== null;) {
      const page = await readJson(origin, `/chats/${writer}?cursor=${encodeURIComponent(cursor)}`);
      messages.push(...(page?.messages ?? []));
      cursor = page?.next ?? null;
    }
    const parents = messages.map(({ parent_id }) => parent_id);
    const before = [null, ...messages.map(({ message_id }) => message_id)].slice(0, messages.length);
    if (parents.join() !== before.join()) throw new Error(`${writer}: each message answers the one before`);
    return messages.map(({ message: { content } }) => ({ n: Number(content.split(" ")[1]), content }));
  },
};

const memory: KeptKind = {
  name: "memory",
  keeps: "all",
  contentOf: textOf,
  write: (origin, writer, n) => postJson(origin, `/memory/${writer}`, { memory: textOf(writer, n) }),
  async read(origin, writer) {
    const kept: Kept[] = [];
    for (let page = 1, isMore = true; isMore; page++) {
      const { results, next } = await readJson(origin, `/memory/${writer}?page_size=1000&page=${page}`);
      for (const { memory: content } of results) kept.push({ n: Number(content.split(" ")[1]), content });
      isMore = next !== null;
    }
    return kept;
  },
};

const shares: KeptKind = {
  name: "shares",
  keeps: "last",
  folder: "shares",
  contentOf: textOf,
  write: (origin, writer, n) =>
    postJson(origin, `/chat/${writer}`, { id: writer, updated: n + 1, text: textOf(writer, n) }),
  async read(origin, writer) {
    const document = await readJson(origin, `/chat/${writer}`);
    return document === null ? [] : [{ n: document.updated - 1, content: document.text }];
  },
};

/** A domain for each upload, with more cookies from one to the next. */
const cookies: KeptKind = {
  name: "cookies",
  keeps: "all",
  contentOf: (_, n) => String(1 + (n % 5)),
  write(origin, writer, n) {
    const domain = `n${n}.${writer}.example`;
    const list = Array.from({ length: 1 + (n % 5) }, (_, index) => ({ domain, name: `c${index}`, value: "v" }));
    return postFile(origin, "/upload_cookies", "file", new File([JSON.stringify(list)], "cookies.json"));
  },
  async read(origin, writer) {
    const { domains } = await readJson(origin, "/cookies");
    return domains.flatMap(({ domain, cookies: count }: { domain: string; cookies: number }) => {
      const [, n] = new RegExp(`^\\.?n(\\d+)\\.${writer}\\.example$`).exec(domain) ?? [];
      return n === undefined ? [] : [{ n: Number(n), content: String(count) }];
    });
  },
};

function ofWriter(writer: string, rows: readonly Record<string, string>[], id: string, content: string): Kept[] {
  return rows.flatMap((row) => {
    const [, name, n] = /^(.*)-(\d+)$/.exec(row[id] ?? "") ?? [];
    return name === writer ? [{ n: Number(n), content: row[content] ?? "" }] : [];
  });
}

/** All that promises to outlive the server once it is acknowledged. */
export const keptKinds: readonly KeptKind[] = [buckets, usage, log, chats, memory, shares, cookies];
