import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Where a secret can enter, each of which has one of its own. */
export const entries = [
  "access_key",
  "secret_key",
  "brave_api_key",
  "tavily_api_key",
  "oidc_client_secret",
  "searxng_path",
  "update_query",
  "file_key",
  "second_key",
  "file_header",
  "file_path",
  "environment_key",
  "keyfile_key",
  "page_key",
  "mcp_env",
  "mcp_args",
  "mcp_header",
  "mcp_path",
  "mcp_query",
  "body_key",
  "header_key",
  "custom_user",
  "custom_password",
  "custom_key",
  "wrong_key",
  "wrong_session",
  "cookie",
] as const;
export type Entry = (typeof entries)[number];

/** By where it enters; as keys look, and none is a part of another. */
export type Canaries = ReadonlyMap<string, string>;

export function createCanaries(): Map<string, string> {
  return new Map(
    entries.map((entry, index) => [
      entry,
      `cnry${String(index).padStart(2, "0")}${crypto.getRandomValues(new Uint8Array(18)).toHex()}`,
    ]),
  );
}

/** Of a secret, what a text would hold where it was written in one way or another. */
function spellings(secret: string): Buffer[] {
  const bytes = Buffer.from(secret);
  // Base64 of something around it: of each of three beginnings, what does not depend on its neighbours.
  const aligned = [0, 1, 2].map((before) => {
    const text = Buffer.concat([Buffer.alloc(before), bytes]).toString("base64");
    return text.slice(before === 0 ? 0 : before + 1, -4);
  });
  const percent = [...bytes].map((byte) => `%${byte.toString(16)}`).join("");
  const texts = [secret, ...aligned, ...aligned.map(urlSafe), bytes.toString("hex"), percent, secret.toUpperCase()];
  const wide = [Buffer.from(secret, "utf16le"), Buffer.from(secret, "utf16le").swap16()];
  return [...texts.map((text) => Buffer.from(text)), ...wide];
}

const urlSafe = (text: string) => text.replaceAll("+", "-").replaceAll("/", "_");

/** Which secrets stand in something, whatever way they are written in. */
export function findCanaries(bytes: Uint8Array, canaries: Canaries): string[] {
  const all = Buffer.from(bytes);
  const found = [...canaries].filter(([, secret]) => spellings(secret).some((spelling) => all.includes(spelling)));
  return found.map(([entry]) => entry);
}

/** The same, of each file below a folder: databases and their journals as they lie there. */
export function findInFolder(folder: string, canaries: Canaries): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .flatMap((entry) => {
      const path = join(entry.parentPath, entry.name);
      return findCanaries(readFileSync(path), canaries).map((found) => `${path.slice(folder.length + 1)}: ${found}`);
    });
}
