import type { Clock } from "../lib/clock.ts";
import type { Log } from "../lib/log.ts";
import type { MediaTable } from "../store/media.ts";
import type { ThumbnailTable } from "../store/thumbnails.ts";

/** When media and thumbnails were asked for last: gathered, so that a reading costs no write. */
export interface Uses extends AsyncDisposable {
  noteMedium(name: string): void;
  noteThumbnail(hash: string): void;
  /** Writes what was gathered; a timer does so otherwise. What a crash loses of it is missed by nobody. */
  flush(): Promise<void>;
}

export interface UsesParts {
  readonly media: MediaTable;
  readonly thumbnails: ThumbnailTable;
  readonly clock: Clock;
  readonly log: Log;
}

const flushMs = 60_000;

export function openUses({ media, thumbnails, clock, log }: UsesParts): Uses {
  let mediaUses = new Map<string, number>();
  let thumbnailUses = new Map<string, number>();
  const timer = setInterval(() => void flush(), flushMs);

  return {
    noteMedium: (name) => void mediaUses.set(name, clock()),
    noteThumbnail: (hash) => void thumbnailUses.set(hash, clock()),
    flush,
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      await flush();
    },
  };

  async function flush(): Promise<void> {
    const [named, hashed] = [mediaUses, thumbnailUses];
    mediaUses = new Map();
    thumbnailUses = new Map();
    try {
      if (named.size > 0) await media.markUsed(named);
      if (hashed.size > 0) await thumbnails.markUsed(hashed);
    } catch (error) {
      log.warn("when media were last used could not be written", { error });
    }
  }
}
