import { warnOfMissing } from "./installed.ts";

export const chromium = Bun.which("chromium") ?? Bun.which("google-chrome") ?? Bun.which("chromium-browser");

/** A real browser; as root it cannot have its sandbox. */
export const backend = {
  type: "chrome" as const,
  path: chromium ?? "",
  url: false as const,
  argv: [
    "--no-sandbox",
    "--disable-quic",
    "--disable-background-networking",
    // A microphone that beeps.
    "--use-fake-device-for-media-stream",
  ],
} satisfies Bun.WebView.ConstructorOptions["backend"];

/** Where there is none, tests are left out, and say so; in CI they fail. */
export function warnWithoutChromium(what: string): void {
  if (!chromium) warnOfMissing(`${what}, because this machine has no chromium (Debian: apt-get install chromium)`);
}

export async function openView(url: string, width = 1280, height = 800) {
  const view = new Bun.WebView({ width, height, backend });
  await view.navigate(url);
  const read = async (script: string) => String(await view.evaluate(script));
  const until = async (script: string, expected: string) => {
    for (let tries = 0; tries < 400; tries++) {
      if ((await read(script)).includes(expected)) return;
      await Bun.sleep(25);
    }
    throw new Error(`${script} never gave ${expected}, but ${await read(script)}`);
  };
  return { view, read, until };
}
