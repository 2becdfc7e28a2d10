/**
 * The README's test command: types, format, lint, unused code, and every test, the binary's included. It goes on after
 * a failure, so that one run tells everything, and its last line counts.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const root = join(import.meta.dir, "..");
const bun = process.execPath;
const bin = (name: string) => join(root, "node_modules/.bin", name);
const folder = mkdtempSync(join(tmpdir(), "parley-run-"));
const report = join(folder, "report.xml");

const checks: readonly (readonly [string, readonly string[]])[] = [
  ["types", [bun, "check", "--no-script"]],
  [
    "format",
    [bun, "fmt", "--no-script", "--check", "src", "client", "test", "README.md", "package.json", "tsconfig.json"],
  ],
  ["lint", [bun, bin("oxlint"), "--deny-warnings", "src", "client", "test"]],
  ["unused code", [bun, bin("knip"), "--no-progress"]],
];

let passed = 0;
let failed = 0;
for (const [name, command] of checks) {
  console.log(`── ${name}`);
  if ((await run(command)) === 0) passed++;
  else failed++;
}

console.log("── tests");
const code = await run([
  bun,
  "test",
  "--timeout=60000",
  // Much of a test's time is waiting; more at once would wait for each other, on the two processors that are promised.
  "--parallel=2",
  "--reporter=junit",
  `--reporter-outfile=${report}`,
  ...process.argv.slice(2),
]);
const counts = readCounts(
  await Bun.file(report)
    .text()
    .catch(() => ""),
);
passed += counts.tests - counts.failures - counts.skipped;
failed += counts.failures;
// A run that ended otherwise than its report says has failed too.
if (code !== 0 && counts.failures === 0) failed++;
rmSync(folder, { recursive: true });
console.log(`${passed} passed, ${failed} failed${counts.skipped > 0 ? `, ${counts.skipped} skipped` : ""}`);
process.exit(failed > 0 ? 1 : 0);

async function run(command: readonly string[]): Promise<number> {
  return Bun.spawn([...command], { cwd: root, stdout: "inherit", stderr: "inherit", stdin: "ignore" }).exited;
}

function readCounts(xml: string): { tests: number; failures: number; skipped: number } {
  const head = /<testsuites[^>]*>/.exec(xml)?.[0] ?? "";
  const count = (name: string) => Number(new RegExp(`\\b${name}="(\\d+)"`).exec(head)?.[1] ?? 0);
  return { tests: count("tests"), failures: count("failures"), skipped: count("skipped") };
}
