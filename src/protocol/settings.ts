import { type Static, Type } from "@sinclair/typebox";
import { Maybe } from "./maybe.ts";

/** Who says what a setting is; the later of them wins. */
export const SettingSource = Type.Union([
  Type.Literal("default"),
  Type.Literal("file"),
  Type.Literal("environment"),
  Type.Literal("flag"),
]);
export type SettingSource = Static<typeof SettingSource>;

/** A setting of the server, what it is now, and who says so. */
export const SettingInfo = Type.Object({
  name: Type.String(),
  /** One sentence. */
  description: Type.String(),
  /** What it is; null for a secret. */
  value: Type.Unknown(),
  default: Type.Unknown(),
  /** Of a secret whether there is one, and nothing more; null for what is none. */
  is_set: Maybe(Type.Boolean()),
  source: SettingSource,
  /** `default`, the file's path, the variable, or the flag. */
  origin: Type.String(),
  /** Where in the file, from 1; null where it comes from elsewhere, or cannot be told. */
  line: Maybe(Type.Integer({ minimum: 1 })),
  /** What sets it in the environment, the first of them before all others; none for what only the file can hold. */
  variables: Type.Array(Type.String()),
  /** What sets it where the server is started; null for what only the file can hold. */
  flag: Maybe(Type.String()),
});
export type SettingInfo = Static<typeof SettingInfo>;

/** A provider that the settings or the environment mention. */
export const ProviderSetting = Type.Object({
  name: Type.String(),
  /** The adapter that it uses. */
  type: Type.String(),
  /** null for the vendor's own address. */
  base_url: Maybe(Type.String()),
  /** How many keys are set. */
  keys: Type.Integer({ minimum: 0 }),
  /** `parley.yaml`, or the variables. */
  origin: Type.String(),
});
export type ProviderSetting = Static<typeof ProviderSetting>;

/** What the server was told by its file, its environment and its flags. No key is in it. */
export const ServerSettings = Type.Object({
  /** The settings' file; null where there is none. */
  file: Maybe(Type.String()),
  settings: Type.Array(SettingInfo),
  providers: Type.Array(ProviderSetting),
  /** What a person should know and may ignore. */
  warnings: Type.Array(Type.String()),
  /** What would make more models available. Code stands in backticks. */
  advice: Type.Array(Type.String()),
});
export type ServerSettings = Static<typeof ServerSettings>;
