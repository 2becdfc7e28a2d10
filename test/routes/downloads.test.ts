import { describe, expect, test } from "bun:test";
import { openApp, type TestApp } from "../support/app.ts";

/** A host whose every address gives what `answer` says. */
function openHost(answer: (url: URL) => Response | string) {
  const visited: string[] = [];
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch(request) {
      const url = new URL(request.url);
      visited.push(url.pathname);
      const given = answer(url);
      return typeof given === "string" ? new Response(given, { headers: { "content-type": "text/plain" } }) : given;
    },
  });
  return {
    visited,
    host: `127.0.0.1:${server.port}`,
    origin: `http://127.0.0.1:${server.port}`,
    [Symbol.dispose]: () => void server.stop(true),
  };
}

async function uploadList(app: TestApp, list: unknown) {
  const form = new FormData();
  form.append("files", new File([JSON.stringify(list)], "downloads.json"));
  form.append("files", new File(["beside"], "beside.txt"));
  const answer = await app.get("/backend-api/v2/files/b", { method: "POST", body: form });
  return { status: answer.status, body: await answer.json() };
}

describe("a list of addresses", () => {
  test("gives files that are called as their addresses end, escaped in whatever charset", async () => {
    using host = openHost(() => "text");
    await using app = await openApp({ yaml: `allowed_hosts: ["${host.host}"]` });
    const { status, body } = await uploadList(app, [
      { url: `${host.origin}/a%20b.txt` },
      { urls: [`${host.origin}/caf%e9.txt`, `${host.origin}/50%.txt`] },
    ]);
    expect([status, body.files]).toEqual([200, ["a_b.txt", "caf_e9.txt", "50.txt", "beside.txt"]]);
  });

  test("is a list, or is skipped, and of its addresses only the first hundred are fetched", async () => {
    using host = openHost(() => "text");
    await using app = await openApp({ yaml: `allowed_hosts: ["${host.host}"]` });
    const none = await uploadList(app, { url: host.origin });
    expect(none.body.skipped).toEqual([{ name: "downloads.json", reason: expect.stringContaining("no list") }]);
    const urls = Array.from({ length: 102 }, (_, n) => `${host.origin}/${n}.txt`);
    const many = await uploadList(app, [{ urls }]);
    expect([host.visited.length, many.body.files.length, many.body.skipped.length]).toEqual([100, 101, 1]);
  });

  test("that an address gives in turn is a document, and nothing that it names is fetched", async () => {
    using host = openHost(({ origin }) => JSON.stringify([{ url: `${origin}/next/downloads.json` }]));
    await using app = await openApp({ yaml: `allowed_hosts: ["${host.host}"]` });
    const { body } = await uploadList(app, [{ url: `${host.origin}/downloads.json` }]);
    expect([body.files, host.visited]).toEqual([["downloads.json", "beside.txt"], ["/downloads.json"]]);
  });
});
