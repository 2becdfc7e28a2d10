import { open, rm } from "node:fs/promises";
import type { JobFiles } from "./job-files.ts";
import type { Piece } from "./outcome.ts";
import { readFile } from "./file-bytes.ts";
import { listGzipMembers, listTarMembers } from "./tar-members.ts";
import { Unconvertible } from "./unconvertible.ts";
import { mostUnpacked, tooLarge, tooMany, type UnpackLimits } from "./unpack.ts";
import { listZipMembers } from "./zip-members.ts";

/** A member as its archive tells it. Folders are not told. */
export type Member = ReadableMember | { readonly name: string; readonly refusal: string };

interface ReadableMember {
  /** Data, never a path. */
  readonly name: string;
  /** To be read before the next member is asked for, or not at all. @throws {Unconvertible} */
  readonly content: AsyncIterable<Uint8Array>;
  /** Infinite where it is not packed by itself. */
  readonly packedBytes: number;
}

export interface ArchiveFile {
  readonly path: string;
  readonly name: string;
  readonly packing: "zip" | "tar" | "gzip";
}

/**
 * Writes each member to a file under a generated name, within the limits. What is wrong with one member is that one's
 * reason; what ends the unpacking, a limit of all or damage, is told once, under the archive's name.
 */
export async function unpackArchive(
  archive: ArchiveFile,
  limits: UnpackLimits,
  files: JobFiles,
): Promise<readonly Piece[]> {
  const pieces: Piece[] = [];
  const skip = (name: string, reason: string) => pieces.push({ kind: "skipped", name, reason });
  const budget = { limits, leftBytes: limits.maxBytes };
  let count = 0;
  try {
    for await (const member of listMembers(archive, limits)) {
      if (isJunk(member.name)) continue;
      if (++count > limits.maxEntries) throw tooMany(limits);
      if ("refusal" in member) {
        skip(member.name, member.refusal);
        continue;
      }
      const path = files.newPath();
      const failure = await saveMember(member, path, budget);
      if (failure && budget.leftBytes <= 0) throw failure;
      if (failure) skip(member.name, failure.message);
      else pieces.push({ kind: "member", name: member.name, path });
    }
  } catch (error) {
    if (!(error instanceof Unconvertible)) throw error;
    skip(archive.name, error.message);
  }
  if (pieces.length === 0) skip(archive.name, "it is empty");
  return pieces;
}

function listMembers({ path, name, packing }: ArchiveFile, limits: UnpackLimits): AsyncIterable<Member> {
  if (packing === "zip") return listZipMembers(path);
  return packing === "tar" ? listTarMembers(readFile(path)) : listGzipMembers(path, name, limits);
}

/** What macOS adds to archives of its own accord. */
function isJunk(name: string): boolean {
  return /(^|[\\/])(__MACOSX[\\/]|\.DS_Store$|\._[^\\/]*$)/.test(name);
}

interface Budget {
  readonly limits: UnpackLimits;
  leftBytes: number;
}

/** What it took counts, also when it fails and nothing is kept. */
async function saveMember(member: ReadableMember, path: string, budget: Budget): Promise<Unconvertible | undefined> {
  const { limits, leftBytes } = budget;
  const mostBytes = mostUnpacked(member.packedBytes, limits, leftBytes);
  const file = await open(path, "w", 0o600);
  let bytes = 0;
  try {
    for await (const chunk of member.content) {
      bytes += chunk.length;
      if (bytes > mostBytes) throw tooLarge(mostBytes, limits, leftBytes);
      await file.writeFile(chunk);
    }
    return undefined;
  } catch (error) {
    if (!(error instanceof Unconvertible)) throw error;
    await rm(path, { force: true });
    return error;
  } finally {
    await file.close();
    budget.leftBytes -= bytes;
  }
}
