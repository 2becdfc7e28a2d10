import { closeSync, fsyncSync, openSync, readdirSync, rmSync, statfsSync, statSync, writeSync } from "node:fs";
import { join } from "node:path";
import type { Config } from "../../config/load.ts";
import type { Services } from "../../services.ts";
import { type Finding, findingsAbout } from "./finding.ts";

const { ok, warn, fail } = findingsAbout("data");

/** Below this little works, and below that it soon will not; in bytes, both arbitrary. */
const leastFree = 100 * 1024 ** 2;
const fewFree = 1024 ** 3;
/** A write waits for one of these; on a disk of its own it takes a few milliseconds. */
const slowSyncMs = 50;

export function checkData({ store, config }: Services): Finding[] {
  const others = store.presence.living().size - 1;
  return [
    ok(
      "directory",
      `${config.data_dir}, ${others === 0 ? "no server runs on it" : `served by ${others} server${others === 1 ? "" : "s"}`}`,
    ),
    checkFileSystem(config.data_dir),
    checkRoom(config),
    checkSync(config.data_dir),
    checkDurability(config),
  ];
}

/**
 * Kinds of file systems that lie elsewhere, by the numbers of `statfs` on Linux:
 * https://man7.org/linux/man-pages/man2/statfs.2.html
 */
const elsewhere: Readonly<Record<number, string>> = {
  0x6969: "NFS",
  0x517b: "SMB",
  0xfe534d42: "SMB",
  0xff534d42: "CIFS",
  0x01021997: "9p",
  0x5346414f: "AFS",
  0x00c36400: "Ceph",
  0x0bd00bd0: "Lustre",
  0x47504653: "GPFS",
  0x786f4256: "VirtualBox's shared folder",
  0x65735546: "FUSE",
};

/** What a `statfs` number means for locks. */
export function checkFileSystem(directory: string, type = typeOf(directory)): Finding {
  const name = type === undefined ? undefined : elsewhere[type];
  if (name === undefined) return ok("file system", "local");
  const found = `${name}: what SQLite locks there may not be locked, and the database may be damaged`;
  return warn("file system", found, "take a local disk: --data-dir; back up onto the network with parley backup");
}

/** As a number without a sign; elsewhere than on Linux it means something else. */
function typeOf(directory: string): number | undefined {
  return process.platform === "linux" ? Number(BigInt.asUintN(32, BigInt(statfsSync(directory).type))) : undefined;
}

/** What is free, beside what the settings let it grow by. */
export function checkRoom(config: Config, free = freeIn(config.data_dir)): Finding {
  const { max_files, max_media, max_journal, max_log, max_cache, data_dir } = config;
  const limit = max_files + max_media + max_journal + max_log + max_cache;
  const used = sizeOf(data_dir);
  const mayGrow = Math.max(0, limit - used);
  const found = `${toBytes(free)} are free, ${toBytes(used)} are used`;
  if (free < leastFree) return fail("disk", found, "make room, or take another disk: --data-dir");
  if (free < fewFree) return warn("disk", found, "make room: a full disk refuses what it is to keep");
  if (free >= mayGrow) return ok("disk", found);
  const cure = `lower max_files (${toBytes(max_files)}), max_media (${toBytes(max_media)}) or max_journal (${toBytes(max_journal)})`;
  return warn("disk", `${found}, and the limits allow ${toBytes(mayGrow)} more than there are now`, cure);
}

function freeIn(directory: string): number {
  const { bavail, bsize } = statfsSync(directory);
  return bavail * bsize;
}

/** Of all that lies in it. What goes meanwhile counts nothing. */
function sizeOf(directory: string): number {
  const entries = readdirSync(directory, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .reduce(
      (sum, { parentPath, name }) => sum + (statSync(join(parentPath, name), { throwIfNoEntry: false })?.size ?? 0),
      0,
    );
}

/** How long the disk takes to have something for good: the middle of a few times. */
function checkSync(directory: string): Finding {
  const path = join(directory, "uploads", `doctor-${crypto.randomUUID()}`);
  const file = openSync(path, "wx", 0o600);
  try {
    const times = Array.from({ length: 5 }, () => {
      const startedAt = performance.now();
      writeSync(file, new Uint8Array(4096));
      fsyncSync(file);
      return performance.now() - startedAt;
    });
    const milliseconds = Math.round(times.toSorted((a, b) => a - b)[2] ?? 0);
    const found = `writable; ${milliseconds} ms until something is on it`;
    if (milliseconds <= slowSyncMs) return ok("writing", found, null, { milliseconds });
    return warn("writing", `${found}: slow`, "every change waits for it: take a local disk, with --data-dir", {
      milliseconds,
    });
  } finally {
    closeSync(file);
    rmSync(path, { force: true });
  }
}

function checkDurability({ durability }: Config): Finding {
  if (durability === "power") return ok("durability", "power: what is acknowledged is on the disk");
  const found =
    "process: the loss of power may take what was acknowledged last, and cut the files of that moment short";
  return warn("durability", found, "durability: power has every change on the disk before it is acknowledged");
}

function toBytes(bytes: number): string {
  const units = ["B", "KB", "MB", "GB", "TB"];
  const step = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log2(Math.max(1, bytes)) / 10)));
  return `${(bytes / 1024 ** step).toFixed(step < 2 ? 0 : 1)} ${units[step]}`;
}
