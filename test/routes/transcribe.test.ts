import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { openApp, type TestApp } from "../support/app.ts";
import { formOf } from "../support/media.ts";
import { answer, openUpstream, type ScriptedUpstream } from "../support/scripted-upstream.ts";
import { readTaskRows } from "../support/sound.ts";

const path = "/backend-api/v2/transcribe";
const models = answer(200, { data: [{ id: "gpt-4o" }, { id: "whisper-1" }, { id: "tts-1" }] });

/** A recording, and what is said of it. */
function toForm(
  fields: Readonly<Record<string, string>> = {},
  file: Blob = new File(["sound"], "talk.webm"),
): RequestInit {
  const body = new FormData();
  body.append("file", file);
  for (const [name, value] of Object.entries(fields)) body.append(name, value);
  return { method: "POST", body };
}

async function refusalOf(response: Response): Promise<[number, string]> {
  const { error } = (await response.json()) as { error: { code: string } };
  return [response.status, error.code];
}

describe("a recording that is sent to be written down", () => {
  let upstream: ScriptedUpstream;
  let app: TestApp;
  beforeAll(async () => {
    upstream = openUpstream((request) =>
      request.path.endsWith("/models") ? models : answer(200, { text: " Good morning. " }),
    );
    const settings = { type: "openai", base_url: `${upstream.origin}/v1`, api_key: "test-key-0123" };
    const others = { name: "Other", type: "openai", base_url: `${upstream.origin}/other/v1`, api_key: "test-key-4567" };
    app = await openApp({ yaml: Bun.YAML.stringify({ providers: [{ name: "Work", ...settings }, others] }) });
  });
  afterAll(async () => {
    await app[Symbol.asyncDispose]();
    upstream[Symbol.dispose]();
  });
  const lastAsked = () => upstream.requests.findLast(({ method }) => method === "POST");

  test("comes back as words, leaves a row of usage, and is not kept", async () => {
    const response = await app.get(path, toForm());
    expect([response.status, await response.json()]).toEqual([200, { text: "Good morning." }]);
    expect(formOf(lastAsked()).slice(0, 2)).toEqual(["file (talk.webm, video/webm) = sound", "model = whisper-1"]);
    const [row] = await readTaskRows(app, 1);
    expect(row).toMatchObject({ provider: "Work", model: "whisper-1", outcome: "stop" });
  });

  test("is written down in the language that is named, by whom is named", async () => {
    const response = await app.get(path, toForm({ language: "de-AT", provider: "Other" }));
    expect(response.status).toBe(200);
    expect(formOf(lastAsked())).toContain("language = de");
    expect(lastAsked()?.path).toStartWith("/other/");
  });

  test("without a name has one that tells its kind", async () => {
    await app.get(path, toForm({}, new Blob(["sound"], { type: "audio/ogg" })));
    expect(formOf(lastAsked())[0]).toStartWith("file (recording.ogg,");
  });

  test("is refused where the form is none of one recording", async () => {
    const table: readonly [RequestInit, [number, string]][] = [
      [toForm({ language: "no language" }), [400, "invalid_request"]],
      [toForm({ provider: "Nobody" }), [404, "provider_not_found"]],
      [toForm({ provider: "x".repeat(300) }), [400, "invalid_request"]],
      [{ method: "POST", body: new FormData() }, [400, "invalid_request"]],
      [{ method: "POST", body: "{}" }, [400, "invalid_request"]],
      [toForm({}, new File([new Uint8Array(25 * 1024 * 1024 + 1)], "long.wav")), [413, "body_too_large"]],
    ];
    for (const [request, refusal] of table) expect(await refusalOf(await app.get(path, request))).toEqual(refusal);
  });

  test("finds who can do it, and who can speak, in the order in which they are asked", async () => {
    const response = await app.get("/backend-api/v2/voices");
    expect(await response.json()).toEqual({ speakers: ["Work", "Other"], listeners: ["Work", "Other"] });
  });
});

test("where nobody can write down recordings, that is said before and after one is sent", async () => {
  await using app = await openApp();
  const { listeners } = (await (await app.get("/backend-api/v2/voices")).json()) as { listeners: string[] };
  expect(listeners).toEqual([]);
  expect(await refusalOf(await app.get(path, toForm()))).toEqual([501, "not_offered"]);
});
