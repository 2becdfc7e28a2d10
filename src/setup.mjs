/**
 * Installs what is missing, then ends: the first step of every script in package.json. It is plain JavaScript for
 * Node, because it runs where nothing is installed yet, and under Bun alone where there is no Node.
 */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const read = (path) => JSON.parse(readFileSync(new URL(`../${path}`, import.meta.url), "utf8"));
const { dependencies, devDependencies } = read("package.json");
const wanted = { ...dependencies, ...devDependencies };

const isInstalled = Object.entries(wanted).every(
  ([name, version]) =>
    existsSync(new URL(`../node_modules/${name}/package.json`, import.meta.url)) &&
    read(`node_modules/${name}/package.json`).version === version,
);
// Bun's own package holds the program only once its install step has run.
const hasBun = process.versions.bun !== undefined || existsSync(new URL("../node_modules/.bin/bun", import.meta.url));

if (!isInstalled || !hasBun) {
  console.error("Installing what is missing …");
  const [command, ...args] =
    process.versions.bun === undefined
      ? ["npx", "--yes", `bun@${wanted.bun}`, "install", "--frozen-lockfile"]
      : [process.execPath, "install", "--frozen-lockfile"];
  // npx is a script on Windows, which only a shell can start.
  execFileSync(command, args, {
    cwd: root,
    stdio: ["ignore", "inherit", "inherit"],
    shell: process.platform === "win32",
  });
}
