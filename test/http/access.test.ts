import { describe, expect, test } from "bun:test";
import { openApp, type TestApp } from "../support/app.ts";
import { openChannel } from "../support/channel.ts";
import { makeKey, type TestKey } from "../support/keys.ts";

const runsPath = "/backend-api/v2/runs";
const bucketPath = "/backend-api/v2/files/notes";

const status = async (app: TestApp, path: string, init: RequestInit = {}) => (await app.get(path, init)).status;

describe("access keys", () => {
  test("close the server as soon as one was made, and for good", async () => {
    await using app = await openApp();
    expect(await status(app, runsPath)).toBe(200);
    const { id, headers } = await makeKey(app, "ann");
    expect(await status(app, runsPath)).toBe(401);
    expect(await status(app, runsPath, { headers })).toBe(200);
    await app.services.store.accessKeys.revoke(id, Date.now());
    expect(await status(app, runsPath, { headers })).toBe(401);
    expect(await status(app, runsPath)).toBe(401);
    expect(await status(app, "/healthz")).toBe(200);
  });

  test("are taken in whatever carries them, and no other bytes are", async () => {
    await using app = await openApp();
    const { key } = await makeKey(app, "ann");
    const carriers: Record<string, string>[] = [
      { authorization: `Bearer ${key}` },
      { authorization: `bearer   ${key}` },
      { "x-api-key": key },
      { x_api_key: key },
    ];
    for (const headers of carriers) expect(await status(app, runsPath, { headers })).toBe(200);
    for (const wrong of [`${key}x`, key.slice(0, -1), key.toUpperCase(), "ÿþ", "' OR 1=1 --", "a".repeat(8000)]) {
      expect(await status(app, runsPath, { headers: { authorization: `Bearer ${wrong}` } })).toBe(401);
      expect(await status(app, runsPath, { headers: { "x-api-key": wrong } })).toBe(401);
    }
    // A key that is wrong does not become right by another one beside it.
    const both = { authorization: "Bearer wrong", "x-api-key": key };
    expect(await status(app, runsPath, { headers: both })).toBe(401);
    using channel = await openChannel(app.origin, { protocols: ["backend.v2", `bearer.${key}`] });
    channel.send({ op: "ping", id: "p" });
    await channel.find(({ type }) => type === "pong");
  });

  test("end when they expire", async () => {
    let now = Date.now();
    await using app = await openApp({ clock: () => now });
    const { headers } = await makeKey(app, "ann", { expires_at: now + 1000 });
    now += 999;
    expect(await status(app, runsPath, { headers })).toBe(200);
    now += 1;
    expect(await status(app, runsPath, { headers })).toBe(401);
  });

  test("that are revoked end sockets that were opened with them", async () => {
    await using app = await openApp();
    const { id, headers } = await makeKey(app, "ann");
    using channel = await openChannel(app.origin, { headers });
    await app.services.store.accessKeys.revoke(id, Date.now());
    channel.send({ op: "run", id: "r", request: { messages: [{ role: "user", content: "Hello" }] } });
    expect((await channel.closed).code).toBe(4401);
    expect(channel.frames.filter(({ type }) => type === "accepted")).toEqual([]);
  });

  test("stand beside the setting's, which is an admin's whose owner is local", async () => {
    const key = "a-long-access-key";
    await using app = await openApp({ environment: { PARLEY_ACCESS_KEY: key } });
    await makeKey(app, "ann");
    const headers = { authorization: `Bearer ${key}` };
    expect(await status(app, "/backend-api/v2/stats?owner=all", { headers })).toBe(200);
  });
});

test("what is one owner's does not exist for another, admin or not", async () => {
  await using app = await openApp();
  const { ann, bob, boss } = {
    ann: await makeKey(app, "ann"),
    bob: await makeKey(app, "bob"),
    boss: await makeKey(app, "boss", { role: "admin" }),
  };
  const as = ({ headers }: TestKey) => ({ headers });
  const question = { messages: [{ role: "user", content: "What can you do?" }], resumable: true };
  const asked = await app.post(question, as(ann));
  await asked.text();
  const runId = asked.headers.get("x-run-id");
  const form = new FormData();
  form.append("files", new File(["Words of Ann's."], "notes.txt"));
  expect(await status(app, bucketPath, { method: "POST", body: form, ...as(ann) })).toBe(200);
  const { store } = app.services;
  await store.blobs.save("hash", Buffer.from("GIF89a"));
  await store.media.insert({
    name: "1_m+cat.gif",
    owner: "ann",
    hash: "hash",
    type: "image/gif",
    bytes: 6,
    width: 1,
    height: 1,
    provider: "",
    model: "m",
    prompt: "cat",
    created_at: 1,
  });

  const run = `${runsPath}/${runId}`;
  const reads = [
    run,
    `${run}/events`,
    `${run}/trace`,
    bucketPath,
    "/media/1_m+cat.gif",
    "/thumbnail/1_m+cat.gif",
    "/search/cat",
  ];
  for (const path of reads) {
    const init = { redirect: "manual" } as const;
    expect([path, [200, 302].includes(await status(app, path, { ...init, ...as(ann) }))]).toEqual([path, true]);
    for (const other of [bob, boss])
      expect([path, await status(app, path, { ...init, ...as(other) })]).toEqual([path, 404]);
    expect([path, await status(app, path, init)]).toEqual([path, 401]);
  }
  const changes: [string, string][] = [
    [`${run}/cancel`, "POST"],
    [bucketPath, "DELETE"],
  ];
  for (const [path, method] of changes)
    for (const other of [bob, boss])
      expect([path, await status(app, path, { method, ...as(other) })]).toEqual([path, 404]);
  expect(await (await app.get(runsPath, as(bob))).json()).toEqual([]);
  expect(await (await app.get(runsPath, as(ann))).json()).toMatchObject([{ run_id: runId }]);
  expect(await (await app.get(bucketPath, as(ann))).text()).toContain("Words of Ann's.");
});
