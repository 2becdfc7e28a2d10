import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "../support/command.ts";

const folder = mkdtempSync(join(tmpdir(), "parley-tls-"));
afterAll(() => rmSync(folder, { recursive: true }));

const file = (name: string) => join(folder, name);

async function openssl(...args: string[]): Promise<void> {
  const child = Bun.spawn(["openssl", ...args], { cwd: folder, stdout: "ignore", stderr: "pipe" });
  const error = await new Response(child.stderr).text();
  if ((await child.exited) !== 0) throw new Error(`openssl is needed for this test: ${error}`);
}

const newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];

async function issue(name: string): Promise<void> {
  await openssl("req", ...newKey, "-keyout", `${name}.key`, "-out", `${name}.csr`, "-subj", `/CN=${name}`);
  await Bun.write(file(`${name}.ext`), `subjectAltName=DNS:${name}`);
  const by = ["-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial"];
  await openssl("x509", "-req", "-in", `${name}.csr`, ...by, "-out", `${name}.crt`, "-extfile", `${name}.ext`);
}

beforeAll(async () => {
  const authority = ["-addext", "basicConstraints=critical,CA:TRUE"];
  await openssl(
    "req",
    "-x509",
    ...newKey,
    "-keyout",
    "ca.key",
    "-out",
    "ca.crt",
    "-subj",
    "/CN=Authority",
    ...authority,
  );
  for (const name of ["right.test", "other.test"]) await issue(name);
});

async function fetchAll(addresses: readonly string[], environment: Record<string, string>): Promise<string[]> {
  const child = Bun.spawn([process.execPath, join(root, "test/support/fetch-page.ts"), ...addresses], {
    env: { PATH: process.env.PATH ?? "", ...environment },
    stdout: "pipe",
    stderr: "inherit",
  });
  return new Response(child.stdout).json() as Promise<string[]>;
}

test("a certificate is checked against the name, though the connection goes to its address", async () => {
  const certificate = (name: string) => ({
    serverName: name,
    cert: Bun.file(file(`${name}.crt`)),
    key: Bun.file(file(`${name}.key`)),
  });
  using server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    tls: [certificate("right.test"), certificate("other.test")],
    fetch: (request) => new Response(`hello ${request.headers.get("host")}`),
  });
  const at = (name: string) => `https://${name}:${server.port}/`;
  const trusting = { NODE_EXTRA_CA_CERTS: file("ca.crt") };
  // The wrong name comes after the right one, whose connection it must not be given.
  const addresses = [at("right.test"), at("wrong.test"), at("other.test"), at("right.test."), at("127.0.0.1")];
  const [right, wrong, other, dotted, bare] = await fetchAll(addresses, trusting);
  expect(right).toBe(`hello right.test:${server.port}`);
  expect(wrong).toContain("has no certificate that proves who it is");
  expect(wrong).toContain("ERR_TLS_CERT_ALTNAME_INVALID");
  expect(other).toBe(`hello other.test:${server.port}`);
  expect(dotted).toBe(`hello right.test:${server.port}`);
  expect(bare).toContain("ERR_TLS_CERT_ALTNAME_INVALID");

  const [stranger] = await fetchAll([at("right.test")], {});
  expect(stranger).toContain("has no certificate that proves who it is");
});
