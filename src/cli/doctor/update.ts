import type { Config } from "../../config/load.ts";
import { isNewer, readLatestVersion } from "../../latest-version.ts";
import { version } from "../../version.ts";
import { type Finding, findingsAbout } from "./finding.ts";

const { ok, warn } = findingsAbout("settings");

/** Asked where the server asks too, and nowhere else. */
export async function checkUpdate(config: Config): Promise<Finding[]> {
  if (!config.update_check) return [];
  try {
    const latest = await readLatestVersion(config);
    if (!isNewer(latest, version)) return [ok("version", `${version} is the latest`)];
    return [warn("version", `${version}, and there is ${latest}`, "parley upgrade --check tells how")];
  } catch (thrown) {
    const why = thrown instanceof Error ? thrown.message : String(thrown);
    return [warn("version", `which one is the latest is not known: ${why}`, "see update_url")];
  }
}
