import { expect, test } from "bun:test";
import { readdirSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { conversationPath, openApp, providerYaml, type TestApp } from "../support/app.ts";
import { readEvents, textOf } from "../support/events.ts";
import { boundary, field, file } from "../support/form.ts";
import { openaiText, openUpstream } from "../support/scripted-upstream.ts";

const messages = [{ role: "user", content: "What is it?" }];
const uploadsOf = ({ services }: TestApp) => readdirSync(join(services.config.data_dir, "uploads"));
const send = (app: TestApp, body: FormData) => app.get(conversationPath, { method: "POST", body });

function formOf(...files: readonly File[]): FormData {
  const form = new FormData();
  form.append("json", new Blob([JSON.stringify({ messages, provider: "Work" })], { type: "application/json" }));
  for (const each of files) form.append("files", each);
  return form;
}

test("files go into the message, and stay nowhere else", async () => {
  using upstream = openUpstream(() => openaiText("Noise."));
  await using app = await openApp({ yaml: providerYaml({ name: "Work", origin: upstream.origin }) });
  const noise = Array.from({ length: 300_000 }, (_, index) => (index * index) % 251).join(" ");
  expect(textOf(await readEvents(await send(app, formOf(new File([noise], "dir/noise.txt")))))).toBe("Noise.");
  const [, part] = JSON.parse(upstream.requests[0]!.body).messages[0].content;
  expect(part).toEqual({ type: "text", text: `<!-- File: noise.txt -->\n${noise}\n<!-- End -->\n\n` });
  expect(uploadsOf(app)).toEqual([]);
});

test("more than a message carries is refused, with what to do instead", async () => {
  await using app = await openApp();
  const half = new Uint8Array(17 * 1024 * 1024);
  const response = await send(app, formOf(new File([half], "a"), new File([half], "b")));
  expect(response.status).toBe(413);
  expect(await response.json()).toEqual({
    error: {
      message:
        "a request carries at most 33554432 bytes of files: put large documents into a bucket, POST /backend-api/v2/files/<bucket_id>",
      code: "body_too_large",
    },
  });
  expect(uploadsOf(app)).toEqual([]);
});

test("a file in a field of another name is refused, lest the question be asked without it", async () => {
  await using app = await openApp();
  const form = formOf();
  form.append("file", new File(["hello"], "a.txt"));
  const response = await send(app, form);
  expect(response.status).toBe(400);
  expect((await response.json()).error.message).toBe(
    'the form has a file in the field "file": files go into fields "files"',
  );
});

test("a form that is compressed is refused", async () => {
  await using app = await openApp();
  const whole = new Response(formOf());
  const headers = { "content-type": whole.headers.get("content-type")!, "content-encoding": "gzip" };
  const body = Bun.gzipSync(await whole.bytes());
  const response = await app.get(conversationPath, { method: "POST", body, headers });
  expect([response.status, (await response.json()).error.code]).toEqual([415, "unsupported_media_type"]);
});

test("of a client that leaves in the middle nothing stays, in chunks or not, and nobody is alarmed", async () => {
  await using app = await openApp();
  const { hostname, port, host } = new URL(app.origin);
  for (const framing of ["content-length: 1000000", "transfer-encoding: chunked"]) {
    const begun = `--${boundary}\r\n${field("json")}\r\n\r\n{}\r\n--${boundary}\r\n${file("a.png")}\r\n\r\n${"x".repeat(2_000)}`;
    const socket = connect(Number(port), hostname);
    socket.write(
      `POST ${conversationPath} HTTP/1.1\r\nhost: ${host}\r\n${framing}\r\n` +
        `content-type: multipart/form-data; boundary=${boundary}\r\n\r\n` +
        (framing.startsWith("t") ? `${begun.length.toString(16)}\r\n${begun}\r\n` : begun),
    );
    while (uploadsOf(app).length === 0) await Bun.sleep(5);
    socket.destroy();
    while (uploadsOf(app).length > 0) await Bun.sleep(5);
  }
  // What would be logged has been by the time that somebody else is answered.
  for (let request = 0; request < 3; request++) await (await app.get("/healthz")).text();
  expect(app.logged.filter((line) => line.includes('"error"'))).toEqual([]);
});

test("a hundred thousand parts are refused, and the server goes on", async () => {
  await using app = await openApp();
  const part = `--${boundary}\r\n${field("x")}\r\n\r\n\r\n`;
  const response = await app.get(conversationPath, {
    method: "POST",
    body: part.repeat(100_000),
    headers: { "content-type": `multipart/form-data; boundary=${boundary}` },
  });
  expect([response.status, (await response.json()).error.code]).toEqual([413, "body_too_large"]);
  expect((await app.get("/healthz")).status).toBe(200);
});
