/**
 * What there is on the server to be named, by the name of the parameter that names it. Inputs name it as `⟦run_id.3⟧`: they
 * are made before anybody knows which ids there are.
 */
export interface Known {
  /** Puts what is known in the place of each such name. */
  resolve(text: string, write?: (value: string) => string): string;
  /** Keeps the ids in an answer. */
  learn(answer: { readonly headers: ReadonlyMap<string, string>; readonly body: Buffer }, path: string): void;
}

/** Most that are kept of a kind: the latest. */
const kept = 30;
const mark = /⟦(\w+)\.(\d+)⟧/g;

export const toMark = (name: string, index: number) => `⟦${name}.${index}⟧`;

/** What callers choose themselves, and what the server is set up with. */
const chosen: Readonly<Record<string, readonly string[]>> = {
  provider: ["Fuzz", "Odd", "AnyProvider", "fuzz", "Parley"],
  model: ["m", "Fuzz/m", "Odd/m", "text-embedding-m", "image-m", "auto", "default"],
  bucket_id: ["bucket-1", "bucket-2", "Bücket 3"],
  chat_id: ["chat-1", "chat-2"],
  share_id: ["share-1", "share-2"],
  user_id: ["user-1", "user-2"],
  domain: ["example.com", "www.example.com"],
  date: [new Date().toISOString().slice(0, 10), "2026-01-31"],
  terms: ["cat", "cat+m", "a"],
  cursor: ["0", "1", "MQ"],
};

export function createKnown(): Known {
  const pools = new Map(Object.entries(chosen).map(([name, values]) => [name, [...values]]));
  return {
    resolve: (text, write = (value) => value) =>
      text.includes("⟦")
        ? text.replace(mark, (_, name: string, index: string) => {
            const pool = pools.get(name) ?? pools.get("id") ?? [];
            return write(pool[Number(index) % pool.length] ?? "none");
          })
        : text,
    learn({ headers, body }, path) {
      const run = headers.get("x-run-id");
      if (run) keep("run_id", run);
      if (!headers.get("content-type")?.startsWith("application/json") || body.byteLength > 65_536) return;
      // Of a HEAD there is none.
      if (body.byteLength === 0) return;
      gather(JSON.parse(body.toString()), 0, /(\w+)\/?(\?|$)/.exec(path)?.[1] ?? "");
    },
  };

  function gather(value: unknown, depth: number, resource: string): void {
    if (typeof value !== "object" || value === null || depth > 4) return;
    for (const [name, member] of Object.entries(value)) {
      if (typeof member !== "string") gather(member, depth + 1, resource);
      else if (isName(name)) keep(name === "next_cursor" ? "cursor" : name, member);
      // `/v1/files` answers what `:file_id` takes.
      if (name === "id" && typeof member === "string")
        for (const each of [resource, resource.replace(/s?$/, "_id")]) keep(each, member);
    }
  }

  function keep(name: string, value: string): void {
    if (value === "" || value.length > 200 || value.includes("⟦")) return;
    const pool = pools.get(name) ?? [];
    pools.set(name, pool);
    if (pool.includes(value)) return;
    pool.push(value);
    // What is chosen stays: without it there would soon be nothing but what was made by chance.
    if (pool.length > kept) pool.splice(chosen[name]?.length ?? 0, 1);
  }
}

const isName = (name: string) => /^(id|name|next|cursor|next_cursor)$|_id$/.test(name);
