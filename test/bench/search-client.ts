/**
 * Who asks, for `search.ts`: a process of its own, so that only the server's work is seen in the server. Arguments: what to measure, and what it takes.
 */
const [kind = "", ...given] = Bun.argv.slice(2);

if (kind === "search") await search(given[0] ?? "", given[1] ?? "", Number(given[2]), Number(given[3]), given.slice(4));
else await answerRate(given[0] ?? "", Number(given[1]));
process.exit();

/** Tells the times to the first words of answers, the contenders in turn; pages are numbered from `first`, and new to the server. */
async function search(origin: string, engine: string, rounds: number, first: number, sites: readonly string[]) {
  let number = first;
  let unread = 0;
  const ask = async (question: string, more: object = { web_search: true }) => {
    const startedAt = performance.now();
    const body = JSON.stringify({ messages: [{ role: "user", content: question }], provider: "Bench", ...more });
    const response = await fetch(`${origin}/backend-api/v2/conversation`, { method: "POST", body });
    const decoder = new TextDecoder();
    let text = "";
    let firstMs: number | undefined;
    for await (const piece of response.body ?? []) {
      text += decoder.decode(piece, { stream: true });
      if (text.includes("event: content")) firstMs ??= performance.now() - startedAt;
    }
    const isListed = text.includes("> [4] [");
    if (firstMs === undefined || text.includes("event: error") || isListed !== "web_search" in more)
      throw new Error(text);
    unread += text.match(/was not read/g)?.length ?? 0;
    return firstMs;
  };
  const fetchAll = async () => {
    const startedAt = performance.now();
    const load = (address: string) => fetch(address).then((answer) => answer.bytes());
    await load(`${engine}/search?q=pages${number}`);
    await Promise.all(sites.map((site) => load(`${site}/pages${number}`)));
    return performance.now() - startedAt;
  };
  const contenders = {
    bare: () => ask(`pages${number}`, {}),
    fetched: fetchAll,
    cold: () => ask(`pages${++number}`),
    known: () => ask(`pages${number} again`),
    warm: () => ask(`pages${number}`),
  };
  const times: Record<string, number[]> = {};
  for (let round = 0; round < rounds; round++)
    for (const [name, measure] of Object.entries(contenders)) (times[name] ??= []).push(await measure());
  process.send?.({ times, unread });
}

/** Answers a second over 32 connections. */
async function answerRate(address: string, count: number) {
  const body = JSON.stringify({ messages: [{ role: "user", content: "Hello" }], provider: "Bench" });
  const init = address.includes("/create") ? {} : { method: "POST", body };
  let left = count;
  const ask = async () => {
    while (left-- > 0) {
      const answer = await fetch(address, init);
      const text = await answer.text();
      if (!answer.ok || !text.includes("token")) throw new Error(text);
    }
  };
  const startedAt = performance.now();
  await Promise.all(Array.from({ length: 32 }, ask));
  process.send?.({ rate: (count * 1000) / (performance.now() - startedAt) });
}
