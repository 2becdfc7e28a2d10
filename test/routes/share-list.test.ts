import { expect, test } from "bun:test";
import { openApp, type TestApp } from "../support/app.ts";

const path = "/backend-api/v2/chat";
const key = "an-access-key-0123456789";
const bearer = { authorization: `Bearer ${key}` };

const share = (app: TestApp, id: string, document: object, query = "") =>
  app.get(`${path}/${id}${query}`, { method: "POST", body: JSON.stringify(document), headers: bearer });

async function list(app: TestApp, query = "") {
  const answer = await app.get(path + query, { headers: bearer });
  return { status: answer.status, body: await answer.json() };
}

test("what one shares is listed with what each document says of itself, those that were shared last first", async () => {
  let now = Date.UTC(2030, 0, 1);
  await using app = await openApp({ clock: () => now });
  expect((await list(app)).body).toEqual({ shares: [], next: null });
  await share(app, "a", { updated: 7, title: "Trip", chat_id: "trip", live: true }, "?expires_in=60");
  await share(app, "b", { title: 5, chat_id: ["x"], live: "yes" });
  await share(app, "c", { updated: 1, title: "x".repeat(400) });
  const { shares } = (await list(app)).body;
  expect(shares.map(({ share_id }: { share_id: string }) => share_id)).toEqual(["c", "b", "a"]);
  expect(shares[0].title).toHaveLength(300);
  expect(shares[1]).toMatchObject({ title: null, chat_id: null, live: false, updated: now, expires_at: null });
  expect(shares[2]).toEqual({
    share_id: "a",
    title: "Trip",
    chat_id: "trip",
    live: true,
    updated: 7,
    bytes: expect.any(Number),
    created_at: "2030-01-01T00:00:00.000Z",
    expires_at: "2030-01-01T00:01:00.000Z",
  });

  await share(app, "a", { updated: 8, title: "Journey" });
  expect((await list(app)).body.shares[2]).toMatchObject({ title: "Journey", chat_id: null, live: false, updated: 8 });
  now += 60_000;
  expect((await list(app)).body.shares).toHaveLength(2);
});

test("pages follow each other without a gap, and a cursor that is none is refused", async () => {
  await using app = await openApp();
  for (const id of ["a", "b", "c", "d", "e"]) await share(app, id, {});
  const seen: string[] = [];
  let cursor: string | null = "";
  while (cursor !== null) {
    const { body } = await list(app, `?limit=2${cursor && `&cursor=${cursor}`}`);
    seen.push(...body.shares.map(({ share_id }: { share_id: string }) => share_id));
    cursor = body.next;
  }
  expect(seen).toEqual(["e", "d", "c", "b", "a"]);
  for (const query of ["?cursor=x", "?limit=0", "?limit=201"]) expect((await list(app, query)).status).toBe(400);
});

test("those of one stored chat are listed alone, page by page", async () => {
  await using app = await openApp();
  for (const id of ["a", "b", "c", "d"]) await share(app, id, { chat_id: id === "c" ? "other" : "trip & back" });
  const ids = ({ body }: { body: { shares: { share_id: string }[] } }) => body.shares.map(({ share_id }) => share_id);
  const query = `?chat_id=${encodeURIComponent("trip & back")}&limit=2`;
  const first = await list(app, query);
  expect(ids(first)).toEqual(["d", "b"]);
  expect(ids(await list(app, `${query}&cursor=${first.body.next}`))).toEqual(["a"]);
  expect((await list(app, "?chat_id=nobodys")).body).toEqual({ shares: [], next: null });
});

test("the list is its owner's: strangers are refused, and nobody sees what others share", async () => {
  await using app = await openApp({ environment: { PARLEY_ACCESS_KEY: key } });
  const bytes = Buffer.from("{}");
  const theirs = { bytes, document: {}, expiresInMs: undefined, isExpected: () => true };
  const { write_key } = await app.services.shares.save("theirs", theirs, {
    owner: "somebody",
    isAnybody: false,
    writeKey: undefined,
  });
  await share(app, "mine", {});
  expect((await list(app)).body.shares).toMatchObject([{ share_id: "mine" }]);
  for (const headers of [new Headers(), new Headers({ "x-write-key": write_key ?? "" })])
    for (const address of [path, `${path}/`]) expect((await app.get(address, { headers })).status).toBe(401);
});
