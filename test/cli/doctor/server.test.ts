import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Socket } from "bun";
import { checkServer } from "../../../src/cli/doctor/server.ts";
import { openApp, type TestApp } from "../../support/app.ts";
import { makeKey } from "../../support/keys.ts";

/** Of each thing that was looked at what came of it, and the words for it. */
async function look(address: string, key = ""): Promise<Record<string, string>> {
  const findings = await checkServer(address, key);
  return Object.fromEntries(
    findings.map(({ name, status, found, cure }) => [name, `${status}: ${found}${cure === null ? "" : ` → ${cure}`}`]),
  );
}

/** A proxy that passes on no upgrade, and answers as `serve` makes of what the server answers. */
function openProxy(to: string, serve: (response: Response, request: Request) => Response | Promise<Response>) {
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    idleTimeout: 30,
    async fetch(request) {
      const { pathname, search } = new URL(request.url);
      const headers = new Headers(request.headers);
      for (const name of ["upgrade", "connection", "host", "sec-websocket-key"]) headers.delete(name);
      const body = request.method === "POST" ? await request.arrayBuffer() : undefined;
      return serve(
        await fetch(to + pathname + search, { method: request.method, headers, ...(body && { body }) }),
        request,
      );
    },
  });
  return { address: `http://127.0.0.1:${server.port}`, [Symbol.asyncDispose]: () => server.stop(true) };
}

describe("parley doctor --url", () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await openApp();
  });
  afterAll(() => app[Symbol.asyncDispose]());

  test.concurrent("finds nothing wrong with a server that is asked straight", async () => {
    expect(await look(app.origin)).toEqual({
      reachable: expect.stringMatching(/^ok: \d+ ms$/),
      encryption: "ok: none, within this machine",
      version: expect.stringMatching(/^ok: /),
      access: "ok: open, to this machine alone",
      streams: expect.stringMatching(/^ok: they come piece by piece/),
      channel: expect.stringMatching(/^ok: it opens/),
      uploads: "ok: 2 MiB come through",
      clock: "ok: right",
    });
  });

  test.concurrent(
    "tells a proxy that gathers streams, passes on no upgrade, and takes small bodies alone",
    async () => {
      await using proxy = openProxy(app.origin, async (response, request) =>
        request.method === "POST"
          ? new Response("<h1>413 Request Entity Too Large</h1>", { status: 413 })
          : new Response(await response.arrayBuffer(), response),
      );
      expect(await look(proxy.address)).toMatchObject({
        reachable: expect.stringMatching(/^ok/),
        streams: expect.stringMatching(
          /^fail: held back for (1\.[3-9]|[2-9]\.\d) s → your proxy gathers .*proxy_buffering off/,
        ),
        channel: expect.stringMatching(/^fail: it was not opened → .*proxy_set_header Upgrade/),
        uploads: expect.stringMatching(/^warn: 2 MiB are refused with 413 → .*client_max_body_size/),
      });
    },
  );

  test.concurrent(
    "finds streams good behind a proxy that passes them on as they come, and tells one that cuts them",
    async () => {
      await using proxy = openProxy(app.origin, (response) => new Response(response.body, response));
      expect((await look(proxy.address)).streams).toStartWith("ok: ");
      await using cutting = openProxy(app.origin, (response, request) => {
        if (!request.url.endsWith("stream-test")) return response;
        const reader = response.body!.getReader();
        let count = 0;
        const pull = async (controller: ReadableStreamDefaultController) => {
          const { value } = await reader.read();
          if (++count > 3) return controller.close();
          controller.enqueue(value);
        };
        return new Response(new ReadableStream({ pull }), { headers: response.headers });
      });
      expect((await look(cutting.address)).streams).toMatch(/^fail: the test broke off after \d of 6 events/);
    },
  );

  test.concurrent("says what answers in the server's place, where it sends on to, and that nobody does", async () => {
    await using other = openProxy(app.origin, () => new Response("<h1>It works!</h1>"));
    expect(await look(other.address)).toEqual({
      reachable: expect.stringMatching(/^fail: something else answers there, with 200 → /),
    });
    await using moved = openProxy(app.origin, () => Response.redirect("https://chat.example/x"));
    expect((await look(moved.address)).reachable).toStartWith("fail: it sends on to https://chat.example/x");
    expect((await look("http://127.0.0.1:1")).reachable).toStartWith("fail: 127.0.0.1:1: nobody listens there → start");
  });

  test.concurrent("says why a certificate is not trusted", async () => {
    const command =
      "openssl req -x509 -nodes -newkey ec -pkeyopt ec_paramgen_curve:P-256 -subj /CN=localhost -keyout - -out -";
    const { stdout } = Bun.spawnSync(command.split(" "), { stderr: "ignore" });
    const [key = "", cert = ""] = stdout.toString().split(/(?<=-----END PRIVATE KEY-----\n)/);
    using secured = Bun.serve({ port: 0, hostname: "127.0.0.1", tls: { key, cert }, fetch: () => new Response("?") });
    expect((await look(`https://localhost:${secured.port}`)).reachable).toMatch(
      /^fail: .*its certificate is not trusted → /,
    );
  });

  test.concurrent("an older server has no stream to test with, and another version", async () => {
    await using older = openProxy(app.origin, (response, request) => {
      if (request.url.endsWith("stream-test")) return Response.json({ error: { code: "not_found" } }, { status: 404 });
      return request.url.endsWith("version") ? Response.json({ version: "0.0.1", latest_version: "0.0.1" }) : response;
    });
    expect(await look(older.address)).toMatchObject({
      streams: expect.stringMatching(/^warn: an older version/),
      version: expect.stringMatching(/^warn: the server's is 0\.0\.1, and this program's /),
    });
  });
});

test("a server with keys is closed to strangers, and looked at with one alone", async () => {
  await using app = await openApp();
  const { key } = await makeKey(app, "ann");
  const without = await look(app.origin);
  expect(without).toMatchObject({
    access: "ok: closed to strangers",
    key: expect.stringMatching(/^skip: none was given/),
  });
  expect(without.streams).toStartWith("skip: ");
  expect((await look(app.origin, "pk_wrong")).key).toMatch(/^fail: refused with 401 → /);
  const within = await look(app.origin, key);
  expect(within).toMatchObject({
    key: "ok: accepted",
    channel: expect.stringMatching(/^ok/),
    streams: expect.stringMatching(/^ok/),
  });
  expect(JSON.stringify(within)).not.toContain(key);
});

test("what a proxy closes instead of answering is told, and everything else all the same", async () => {
  await using app = await openApp();
  await using proxy = openProxy(app.origin, (response) => new Response(response.body, response));
  using closing = Bun.listen<{ to?: Socket }>({
    hostname: "127.0.0.1",
    port: 0,
    socket: {
      async open(socket) {
        socket.data = {};
        const { port } = new URL(proxy.address);
        socket.data.to = await Bun.connect({
          hostname: "127.0.0.1",
          port: Number(port),
          socket: { data: (_, bytes) => void socket.write(bytes), close: () => void socket.end() },
        });
      },
      async data(socket, bytes) {
        if (bytes.includes("POST ")) return void socket.terminate();
        while (!socket.data.to) await Bun.sleep(1);
        socket.data.to.write(bytes);
      },
    },
  });
  expect(await look(`http://127.0.0.1:${closing.port}`)).toMatchObject({
    streams: expect.stringMatching(/^ok/),
    uploads: expect.stringMatching(/^fail: 127\.0\.0\.1:\d+: the connection failed/),
  });
});
