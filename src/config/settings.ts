import { Type, type Static, type TSchema } from "@sinclair/typebox";
import { strict } from "./setting-kinds.ts";
import { answeringSettings } from "./settings/answering.ts";
import { filesSettings } from "./settings/files.ts";
import { keepingSettings } from "./settings/keeping.ts";
import { oidcSettings } from "./settings/oidc.ts";
import { runsSettings } from "./settings/runs.ts";
import { searchSettings } from "./settings/search.ts";
import { serverSettings } from "./settings/server.ts";
import { tracingSettings } from "./settings/tracing.ts";

/**
 * Every setting: its type, its default and one sentence. Its name in the environment is `PARLEY_` and the name in
 * upper case; as a flag it has dashes. To add one, add it to one of these groups; nothing else lists them.
 */

export const Settings = Type.Object(
  {
    ...serverSettings,
    ...oidcSettings,
    ...filesSettings,
    ...runsSettings,
    ...keepingSettings,
    ...searchSettings,
    ...answeringSettings,
    ...tracingSettings,
  },
  { ...strict, $id: "https://parley.example/parley.schema.json", title: "Parley's settings" },
);
export type Settings = Static<typeof Settings>;

export type SettingName = keyof Settings;
export const settingNames = Object.keys(Settings.properties) as SettingName[];

/** The JSON Schema for editors: `parley config schema > parley.schema.json`. */
export function settingsSchema(): Record<string, unknown> {
  const { $id: _, ...schema } = Settings;
  return { $schema: "https://json-schema.org/draft/2020-12/schema", ...schema, required: undefined };
}

/** A setting that only the file can hold: a list of providers, routes, MCP servers or prices. */
export function isListOfObjects(name: SettingName): boolean {
  const schema: TSchema = Settings.properties[name];
  return schema.type === "array" && schema.items.type === "object";
}

export function isSecret(name: SettingName): boolean {
  const schema: TSchema = Settings.properties[name];
  return schema.secret === true;
}

/** An address that may hold a key: whoever shows it leaves that out. */
export function isAddress(name: SettingName): boolean {
  const schema: TSchema = Settings.properties[name];
  return schema.isAddress === true;
}

export function environmentName(name: SettingName): string {
  return `PARLEY_${name.toUpperCase()}`;
}

/** Its own, and those that other programs read; none for what only the file can hold. */
export function variablesOf(name: SettingName): string[] {
  const schema: TSchema = Settings.properties[name];
  if (isListOfObjects(name)) return [];
  return [environmentName(name), ...[schema.alsoFrom ?? []].flat()];
}

export function flagName(name: SettingName): string {
  return `--${name.replaceAll("_", "-")}`;
}
