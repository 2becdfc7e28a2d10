import { afterAll, beforeEach, describe, expect, test } from "bun:test";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { toPlist } from "../../src/cli/service/launchd.ts";
import { systemd } from "../../src/cli/service/systemd.ts";
import { fromSource, root, runCommand } from "../support/command.ts";
import { isInstalled } from "../support/installed.ts";

const folder = mkdtempSync(join(tmpdir(), "parley service-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** A systemctl that writes down what it is told, and with which keys, and fails at what `fails` holds. */
const bin = join(folder, "bin");
const told = join(bin, "told");
mkdirSync(bin);
writeFileSync(
  join(bin, "systemctl"),
  `#!/bin/sh
here=$(dirname "$0")
echo "$* key=$OPENAI_API_KEY" >> "$here/told"
case "$*" in *"$(cat "$here/fails")"*) echo "Failed to connect to bus" >&2; exit 1;; esac
case "$*" in *is-active*) echo active;; esac
`,
);
chmodSync(join(bin, "systemctl"), 0o755);

beforeEach(() => {
  writeFileSync(join(bin, "fails"), "nothing that is told");
  rmSync(told, { force: true });
});

const unit = join(folder, "config/systemd/user/parley.service");
const service = (args: readonly string[], env: Record<string, string> = {}) =>
  runCommand(fromSource, ["service", ...args], {
    cwd: folder,
    env: { PATH: `${bin}:/usr/bin:/bin`, OPENAI_API_KEY: "sk-of-this-test", ...env },
  });
const readTold = () => readFileSync(told, "utf8").trim().split("\n");

describe.skipIf(process.platform !== "linux")("parley service", () => {
  test("installs a unit of this user, starts it, and knows that it runs; what is in the shell alone is said", async () => {
    const { code, out, error } = await service(["install", "--data-dir", "kept here", "--port", "8000"]);
    expect([code, out]).toEqual([0, expect.stringContaining(`${unit} is written.`)]);
    expect(error).toMatch(/set in this shell and not for the service: .*OPENAI_API_KEY/);
    expect(error).toContain(join(folder, "config/parley/parley.env"));
    const text = readFileSync(unit, "utf8");
    const [program, script] = fromSource;
    expect(text).toContain(`ExecStart=${program} ${script} serve --data-dir "${folder}/kept here" --port 8000\n`);
    expect(text + out + error).not.toContain("sk-of-this-test");
    const scope = "--user";
    expect(readTold()).toEqual(
      ["daemon-reload", "enable parley.service", "restart parley.service", "is-active parley.service"].map(
        (words) => `${scope} ${words} key=`,
      ),
    );
    const status = await service(["status", "--json"]);
    expect([status.code, JSON.parse(status.out)]).toEqual([0, { installed: true, running: true, file: unit }]);

    const again = await service(["install"]);
    expect([again.code, readFileSync(unit, "utf8").includes("--port")]).toEqual([0, false]);

    const gone = await service(["uninstall"]);
    expect([gone.code, existsSync(unit)]).toEqual([0, false]);
    expect(readTold().slice(-2)).toEqual(["--user disable --now parley.service key=", "--user daemon-reload key="]);
    expect((await service(["status"])).code).toBe(1);
  });

  test("says what systemctl says where that fails", async () => {
    writeFileSync(join(bin, "fails"), "enable");
    const { code, error } = await service(["install"]);
    expect([code, error]).toEqual([
      1,
      "parley: systemctl --user enable parley.service failed: Failed to connect to bus\n",
    ]);
    writeFileSync(join(bin, "fails"), "is-active");
    const ended = await service(["install"]);
    expect([ended.code, ended.error]).toEqual([1, expect.stringContaining("has ended; its log says why: journalctl")]);
    rmSync(unit);
    const without = await service(["install"], { PATH: join(folder, "nowhere") });
    expect([without.code, without.error]).toEqual([2, expect.stringContaining("there is no systemctl here")]);
    expect(existsSync(unit)).toBe(false);
  });

  test("leaves a unit alone that it has not written, unless it is forced", async () => {
    writeFileSync(unit, "[Unit]\nDescription=mine\n");
    for (const command of ["install", "uninstall"]) {
      const { code, error } = await service([command]);
      expect([code, error]).toEqual([2, expect.stringContaining("--force")]);
    }
    expect(readFileSync(unit, "utf8")).toContain("mine");
    expect((await service(["install", "--force"])).code).toBe(0);
    rmSync(unit);
  });

  test("prints without changing anything, and names no key", async () => {
    const { code, out } = await service(["install", "--print"]);
    expect([code, existsSync(unit), existsSync(told)]).toEqual([0, false, false]);
    expect(out).toStartWith("# Written by parley service install");
    const secret = await service(["install", "--print", "--access-key", "a-key-of-this-test"]);
    expect([secret.code, secret.out]).toEqual([2, ""]);
    expect(secret.error).toContain("write PARLEY_ACCESS_KEY=… into");
    const wrong = await service(["install", "--print", "--port", "x"]);
    expect([wrong.code, wrong.error]).toEqual([2, expect.stringContaining("--port: expected")]);
    expect((await service(["install", "--user", "--system"])).code).toBe(2);
  });

  test("wants the machine's service to have a user, and a program that it can see", async () => {
    writeFileSync(join(bin, "fails"), "-");
    const { code, error } = await service(["install", "--system", "--run-as", "nobody-of-that-name"]);
    expect([code, error]).toEqual([2, expect.stringContaining("useradd --system")]);
    const { out } = await service(["install", "--system", "--print", "--port", "443", "--data-dir", "/srv/a b"]);
    expect(out).toContain("CapabilityBoundingSet=CAP_NET_BIND_SERVICE\n");
    expect(out).toContain('ReadWritePaths="/srv/a b"\n');
  });
});

const served = {
  command: ["/usr/local/bin/parley", "serve", "--data-dir", "/var/lib/parley"],
  dataDirectory: "/var/lib/parley",
  port: 7337,
  drainSeconds: 30,
  user: "parley",
} as const;

test("the unit of the documentation is the one that is installed", () => {
  const text = systemd({ isSystem: true, environment: {} }).toText(served);
  expect(readFileSync(join(root, "src/help/deploy.md"), "utf8")).toContain(`\`\`\`ini\n${text}\`\`\``);
});

test.skipIf(!isInstalled("systemd-analyze", "systemd's units", "systemd"))(
  "systemd finds no fault in the units, whatever the paths are called",
  async () => {
    const odd = join(folder, 'a "b" 100% $HOME \\ c');
    mkdirSync(odd);
    const command = ["/bin/true", "serve", "--data-dir", odd, "--config", "/etc/a;b.yaml"] as const;
    for (const isSystem of [true, false]) {
      const path = join(folder, `${isSystem ? "system" : "user"}.service`);
      const { toText } = systemd({ isSystem, environment: { XDG_CONFIG_HOME: odd } });
      // A user that there is: it is looked up.
      writeFileSync(path, toText({ ...served, command, dataDirectory: odd, user: "root" }));
      const scope = isSystem ? [] : ["--user"];
      const env = { PATH: process.env.PATH ?? "", HOME: folder, XDG_RUNTIME_DIR: folder };
      const child = Bun.spawn(["systemd-analyze", ...scope, "verify", "--man=no", "--recursive-errors=no", path], {
        env,
        stdout: "pipe",
        stderr: "pipe",
      });
      const said = await new Response(child.stderr).text();
      expect([await child.exited, said]).toEqual([0, ""]);
    }
  },
);

test("launchd's file holds any path, and stops the server patiently", () => {
  const command = ["/Applications/A & B/parley", "serve", "--data-dir", "/<x>"] as const;
  const text = toPlist({ ...served, command }, true, "/Library/Logs/parley.log");
  expect(text).toContain("<string>/Applications/A &amp; B/parley</string>");
  expect(text).toContain("<string>/&lt;x&gt;</string>");
  expect(text).toContain("<key>UserName</key>\n  <string>parley</string>");
  expect(text).toContain("<key>ExitTimeOut</key>\n  <integer>40</integer>");
});
