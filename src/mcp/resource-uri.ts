/** What an address of ours names; names are percent-encoded in it. */
export type Named =
  | { readonly is: "medium"; readonly name: string }
  | { readonly is: "file"; readonly bucketId: string; readonly name: string };

export const uriTemplates = { media: "parley://media/{name}", files: "parley://files/{bucket}/{name}" } as const;

export function toMediaUri(name: string): string {
  return `parley://media/${encodeURIComponent(name)}`;
}

export function toFileUri(bucketId: string, name: string): string {
  return `parley://files/${encodeURIComponent(bucketId)}/${encodeURIComponent(name)}`;
}

/** `undefined` for what is no address of ours. */
export function parseUri(uri: string): Named | undefined {
  const [, kind, first = "", second] = /^parley:\/\/(media|files)\/([^/?#]+)(?:\/([^/?#]+))?$/.exec(uri) ?? [];
  try {
    if (kind === "media" && second === undefined) return { is: "medium", name: decodeURIComponent(first) };
    if (kind === "files" && second !== undefined)
      return { is: "file", bucketId: decodeURIComponent(first), name: decodeURIComponent(second) };
  } catch {
    // A % that begins no character.
  }
  return undefined;
}
