import { stat, statfs } from "node:fs/promises";
import { join } from "node:path";

/** What a data directory takes, and what is left for it, in bytes. */
export interface DiskFigures {
  /** `undefined` where the system does not tell. */
  readonly free: number | undefined;
  /** By the name of each file that is there: with what is written ahead. */
  readonly databases: readonly { readonly name: string; readonly bytes: number }[];
}

export async function readDiskFigures(directory: string, names: readonly string[]): Promise<DiskFigures> {
  const sizeOf = (name: string) =>
    stat(join(directory, name)).then(
      ({ size }) => size,
      () => undefined,
    );
  const [space, databases] = await Promise.all([
    statfs(directory).catch(() => undefined),
    Promise.all(
      names.map(async (name) => {
        const [size, ahead = 0] = await Promise.all([sizeOf(name), sizeOf(`${name}-wal`)]);
        return size === undefined ? [] : [{ name, bytes: size + ahead }];
      }),
    ),
  ]);
  return { free: space && space.bavail * space.bsize, databases: databases.flat() };
}
