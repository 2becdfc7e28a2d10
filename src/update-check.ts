import { dayMs } from "./lib/clock.ts";
import type { Log } from "./lib/log.ts";
import { version } from "./version.ts";

/** Which version is the latest, as far as is known. */
export interface UpdateCheck extends Disposable {
  /** This one's, until a newer one was found. */
  readonly latestVersion: string;
}

export interface UpdateSettings {
  readonly update_check: boolean;
  readonly update_url: string;
  readonly isProxied: boolean;
}

/** Looks once a day, where the operator wants it; nobody waits for that, nor does it matter that it fails. */
export function openUpdateCheck(config: UpdateSettings, log: Log): UpdateCheck {
  const closing = new AbortController();
  let latestVersion = version;
  const timer = config.update_check ? setInterval(() => void look(), dayMs) : undefined;
  timer?.unref();
  if (config.update_check) void look();

  return {
    get latestVersion() {
      return latestVersion;
    },
    [Symbol.dispose]() {
      closing.abort();
      clearInterval(timer);
    },
  };

  async function look(): Promise<void> {
    try {
      // Read when it is wanted: most servers never look.
      const { isNewer, readLatestVersion } = await import("./latest-version.ts");
      const found = await readLatestVersion(config, closing.signal);
      if (!isNewer(found, latestVersion)) return;
      latestVersion = found;
      log.info("there is a newer version", { version, latest: found });
    } catch (error) {
      log.debug("which version is the latest could not be read", { error });
    }
  }
}
