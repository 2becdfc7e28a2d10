import { describe, expect, test } from "bun:test";
import type { SentAlong } from "../../src/search/page.ts";
import { PageRefusal } from "../../src/search/page-refusal.ts";
import { limits, openPages } from "../support/pages.ts";
import { answer, openUpstream } from "../support/scripted-upstream.ts";

/** What is sent to a page that answers `code`, with `location`, at the first path, and what the second one gets. */
async function send(sends: SentAlong, code: number, toLocation: (own: string, other: string) => string) {
  using other = openUpstream(() => answer(200, "other"));
  using own = openUpstream(({ path }): ReturnType<typeof answer> =>
    path === "/" ? answer(code, "", { location: toLocation(own.origin, other.origin) }) : answer(200, "own"),
  );
  await using opened = await openPages(["127.0.0.1", "localhost"]);
  const fetched = opened.pages.fetch(`${own.origin}/`, { ...limits, sends });
  const said = await fetched
    .then(({ bytes }) => new TextDecoder().decode(bytes))
    .catch((thrown: Error) => thrown.message);
  return { said: said.replace(new URL(own.origin).host, "HOST"), own: own.requests, other: other.requests };
}

const key = { headers: { authorization: "Bearer secret" } };
const refusal = "HOST sends on to another place, which what it is sent is not meant for";

describe("what is sent along with a request for a page", () => {
  test("goes on to another page of the same origin, headers alone", async () => {
    for (const code of [301, 302, 303, 307, 308]) {
      const { said, own } = await send(key, code, () => "/next");
      expect(said).toBe("own");
      expect(own.map(({ headers }) => headers.authorization)).toEqual(["Bearer secret", "Bearer secret"]);
    }
  });

  test("goes to no other origin, however it is spelled, and nothing else does either", async () => {
    for (const code of [301, 302, 303, 307, 308])
      for (const toLocation of [
        (_: string, other: string) => `${other}/`,
        (_: string, other: string) => other.replace("http:", ""),
        (own: string) => own.replace("127.0.0.1", "localhost"),
        (own: string) => `${own.replace("http:", "https:")}/`,
      ]) {
        const { said, own, other } = await send(key, code, toLocation);
        expect([said, own.length, other.length]).toEqual([refusal, 1, 0]);
      }
  });

  test("goes nowhere else where it has a body", async () => {
    for (const code of [301, 302, 303, 307, 308]) {
      const { said, own } = await send({ json: { a: "ä" } }, code, () => "/next");
      expect([said, own.length]).toEqual([refusal, 1]);
    }
  });

  test("is JSON by POST, or headers that do not stand for those of ours", async () => {
    const { own } = await send(
      { json: { a: "ä" }, headers: { "user-agent": "x", host: "y", accept: "z" } },
      200,
      () => "",
    );
    expect(own[0]).toMatchObject({ method: "POST", body: '{"a":"ä"}' });
    expect(own[0]?.headers).toMatchObject({
      "user-agent": "Parley/test",
      accept: "z",
      "content-type": "application/json",
    });
    expect(own[0]?.headers.host).toStartWith("127.0.0.1");
  });

  test("may be refused, which says with which status", async () => {
    using upstream = openUpstream(() => answer(402, ""));
    await using opened = await openPages(["127.0.0.1"]);
    const thrown = await opened.pages
      .fetch(upstream.origin, { ...limits, sends: key })
      .catch((error: unknown) => error);
    expect(thrown).toBeInstanceOf(PageRefusal);
    expect(thrown).toMatchObject({ answered: 402, reason: "fetch_failed" });
  });
});
