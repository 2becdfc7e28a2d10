import { isLoopbackHost } from "../lib/loopback.ts";
import { parseWebAddress } from "../lib/web-address.ts";
import { parseRule } from "../oidc/rules.ts";
import { ConfigError } from "./error.ts";
import type { Settings } from "./settings.ts";

const names = ["oidc_client_id", "oidc_client_secret", "oidc_allowed", "oidc_admins"] as const;

/** @throws {ConfigError} for an issuer that cannot be asked or would let nobody in, and for rules that mean nobody */
export function assertOidc(settings: Settings, origins: Readonly<Record<keyof Settings, string>>): void {
  const { oidc_issuer: issuer, oidc_allowed: allowed, oidc_admins: admins } = settings;
  if (issuer === "") {
    const alone = names.find((name) => settings[name].length > 0);
    if (alone) throw new ConfigError(`${origins[alone]}: ${alone} says nothing without oidc_issuer: set that too`);
    return;
  }
  assertIssuer(issuer, origins.oidc_issuer);
  if (settings.oidc_client_id === "")
    throw new ConfigError("oidc_issuer is set, and oidc_client_id is not: register this server there, and say as what");
  if (!settings.oidc_scopes.split(" ").includes("openid"))
    throw new ConfigError(
      `${origins.oidc_scopes}: oidc_scopes has no openid, without which nobody is told who signs in`,
    );
  for (const name of ["oidc_allowed", "oidc_admins"] as const) {
    const wrong = settings[name].find((text) => !parseRule(text));
    if (wrong !== undefined)
      throw new ConfigError(
        `${origins[name]}: ${name} holds ${JSON.stringify(wrong)}: expected ann@example.com, @example.com or groups=ai-users`,
      );
  }
  if (admins.includes("*"))
    throw new ConfigError(
      `${origins.oidc_admins}: oidc_admins holds *, which would make everybody an admin: name them`,
    );
  if (allowed.length + admins.length === 0)
    throw new ConfigError(
      'oidc_issuer is set, and nobody could sign in: say who may, such as oidc_allowed: ["@example.com"], or ["*"] for everybody whom it knows',
    );
}

/** What it is called is not quoted: it may hold a password. */
function assertIssuer(issuer: string, origin: string): void {
  const url = parseWebAddress(issuer);
  const isPlain = url?.username === "" && url.password === "" && !/[?#]/.test(issuer);
  if (!url || !isPlain)
    throw new ConfigError(`${origin}: oidc_issuer is no address such as https://id.example.com/realms/team`);
  if (url.protocol !== "https:" && !isLoopbackHost(url.hostname))
    throw new ConfigError(
      `${origin}: oidc_issuer must begin with https:, or anybody on the way could sign in as anybody`,
    );
}
