import type { Services } from "../../services.ts";
import { SignInError } from "../../oidc/failure.ts";
import { type Finding, findingsAbout } from "./finding.ts";

const { ok, fail } = findingsAbout("settings");

/** Whether people could sign in: the issuer says what it is, and is whom the settings name. */
export async function checkIssuer({ oidc, config }: Services): Promise<Finding[]> {
  if (!oidc) return [];
  const startedAt = performance.now();
  try {
    await oidc.look();
  } catch (thrown) {
    const why = thrown instanceof Error ? thrown.message : String(thrown);
    const place = "/.well-known/openid-configuration";
    const isAway = thrown instanceof SignInError && thrown.reason === "unreachable";
    const cure = isAway
      ? "does it run, and can this machine reach it? Until then nobody can sign in by it; keys go on working"
      : `oidc_issuer is what stands as "issuer" at ${config.oidc_issuer.replace(/\/$/, "")}${place}`;
    return [fail("oidc_issuer", why, cure)];
  }
  const milliseconds = Math.round(performance.now() - startedAt);
  return [ok("oidc_issuer", `it answers, and is whom the settings name; ${milliseconds} ms`, null, { milliseconds })];
}
