import { statSync } from "node:fs";
import { join } from "node:path";
import { type AccessKeyTable, openAccessKeyTable } from "./access-keys.ts";
import { type Blobs, openBlobs } from "./blobs.ts";
import { type BucketTable, openBucketTable } from "./buckets.ts";
import { type CallStates, openCallStates } from "./call-states.ts";
import { type ChatTable, openChatTable } from "./chats.ts";
import { type BudgetTable, openBudgetTable } from "./budgets.ts";
import { type ClaimMarks, createClaimMarks } from "./claim-marks.ts";
import { type Claims, openClaims } from "./claims.ts";
import { type ClientLog, openClientLog } from "./client-log.ts";
import { type CookieTable, openCookieTable } from "./cookies.ts";
import { openDatabase } from "./database.ts";
import { type Disk, openDisk } from "./disk.ts";
import { settleExchange } from "./exchange.ts";
import { type JournalTables, openJournalTables } from "./journal.ts";
import { databaseName, runsName } from "./layout.ts";
import { type MediaTable, openMediaTable } from "./media.ts";
import { type MemoryTable, openMemoryTable } from "./memories.ts";
import { type MemoryVectors, openMemoryVectors } from "./memory-vectors.ts";
import { migrations } from "./migrations.ts";
import { openPresence, type Presence } from "./presence.ts";
import { openThumbnailTable, type ThumbnailTable } from "./thumbnails.ts";
import { openProviderKeyTable, type ProviderKeyTable } from "./provider-keys.ts";
import { openReader, type Reader, type ReaderFigures } from "./reader.ts";
import { openResponseTable, type ResponseTable } from "./responses.ts";
import { openRunsDatabase } from "./runs-database.ts";
import { openScratch, type Scratch } from "./scratch.ts";
import { openShareTable, type ShareTable } from "./shares.ts";
import { openSessionTable, type SessionTable } from "./sessions.ts";
import { openSecrets, type Secrets } from "./secrets.ts";
import { openTraceTable, type TraceTable } from "./traces.ts";
import { openUsageTable, type UsageTable } from "./usage.ts";
import { createSyncs, type Durability } from "./sync.ts";
import { createWriter, type WriterFigures } from "./writer.ts";

export interface Store extends AsyncDisposable {
  readonly accessKeys: AccessKeyTable;
  readonly sessions: SessionTable;
  readonly usage: UsageTable;
  /** What keys may use in a day, and have. */
  readonly budgets: BudgetTable;
  readonly media: MediaTable;
  /** The bytes of media, under their digests. */
  readonly blobs: Blobs;
  readonly thumbnails: ThumbnailTable;
  /** The bytes of thumbnails, under the digests of what they are of. */
  readonly thumbnailBlobs: Blobs;
  readonly buckets: BucketTable;
  readonly chats: ChatTable;
  /** What is in buckets: the texts of documents, and media as they came. */
  readonly files: Blobs;
  readonly shares: ShareTable;
  /** The documents of shared chats, as they came. */
  readonly shareBlobs: Blobs;
  /** What is on its way to a bucket. */
  readonly scratch: Scratch;
  readonly memories: MemoryTable;
  readonly memoryVectors: MemoryVectors;
  readonly cookies: CookieTable;
  readonly providerKeys: ProviderKeyTable;
  readonly clientLog: ClientLog;
  readonly responses: ResponseTable;
  readonly claims: Claims;
  readonly claimMarks: ClaimMarks;
  readonly secrets: Secrets;
  /** What takes longer than others can wait. */
  readonly read: Reader["read"];
  readonly journal: JournalTables;
  readonly traces: TraceTable;
  readonly callStates: CallStates;
  /** This process, among those that share the directory. */
  readonly presence: Presence;
  /** When the database was written to before it was opened, in milliseconds since 1970; `undefined` where it is new. */
  readonly lastWrittenAt: number | undefined;
  /** Whether it takes what is written. */
  readonly disk: Disk;
  /** What was damaged when it was opened, lies under this name now, and was begun anew. */
  readonly aside: string | undefined;
  /** What is wrong with the file, in SQLite's words: nothing where it is whole. It takes seconds for each gigabyte. */
  damage(): Promise<string[]>;
  readonly figures: StoreFigures;
}

/** How the databases are doing. */
export interface StoreFigures {
  /** By the name of the file. */
  readonly commits: readonly (WriterFigures & { readonly database: string })[];
  readonly reads: ReaderFigures;
}

/** By how much the times of files may lag behind the clock. */
const clockStepMs = 1000;

export interface StoreOptions {
  /** What secrets are sealed with; empty for a key of the directory's own. */
  readonly secretKey?: string;
  /** `power` if it is missing. */
  readonly durability?: Durability;
}

/** Opens everything kept under `directory`, which must exist. */
export function openStore(directory: string, { secretKey = "", durability = "power" }: StoreOptions = {}): Store {
  // Looked at first: a server that starts in this moment writes later.
  const now = Date.now() - clockStepMs;
  // Before anything is opened: whoever restores a backup sees the mark, or is seen.
  using undone = new DisposableStack();
  const presence = undone.use(openPresence(directory));
  settleExchange(directory);
  const path = join(directory, databaseName);
  const synchronous = durability === "power" ? "FULL" : "NORMAL";
  const lastWrittenAt = writtenAt(path);
  const database = openDatabase(path, { migrations, shrinks: false, synchronous });
  const claimMarks = createClaimMarks(database);
  const disk = openDisk(join(directory, "uploads"));
  const writer = createWriter(database, { besides: claimMarks.note, synchronous, disk });
  const secrets = openSecrets(directory, secretKey, writer);
  const reader = openReader(path);
  const { database: runs, aside } = openRunsDatabase(join(directory, runsName));
  const runsWriter = createWriter(runs, { synchronous: "NORMAL", disk });
  // Where nobody else is, whatever is half-written was left by a crash, and may be gigabytes.
  const abandonedBefore = presence.living().size === 1 ? now : undefined;
  const forBlobs = { abandonedBefore, syncs: createSyncs(durability), disk };
  const budgets = openBudgetTable(database, writer);
  const chats = openChatTable(database, directory, writer, reader);
  // What cannot be done now is done at another start.
  void chats.resume().catch(() => {});
  undone.move();
  return {
    accessKeys: openAccessKeyTable(database, writer),
    sessions: openSessionTable(database, writer),
    usage: openUsageTable(database, writer, reader, budgets),
    budgets,
    media: openMediaTable(database, writer),
    blobs: openBlobs(join(directory, "media"), forBlobs),
    thumbnails: openThumbnailTable(database, writer),
    thumbnailBlobs: openBlobs(join(directory, "thumbnails"), forBlobs),
    buckets: openBucketTable(database, writer),
    chats,
    files: openBlobs(join(directory, "files"), forBlobs),
    shares: openShareTable(database, writer),
    shareBlobs: openBlobs(join(directory, "shares"), forBlobs),
    scratch: openScratch(join(directory, "uploads"), forBlobs),
    memories: openMemoryTable(database, writer, reader),
    memoryVectors: openMemoryVectors(database, writer, reader),
    cookies: openCookieTable(database, writer, secrets),
    providerKeys: openProviderKeyTable(database, writer, secrets),
    clientLog: openClientLog(database, writer),
    responses: openResponseTable(database, writer),
    claims: openClaims(database, writer, presence),
    claimMarks,
    secrets,
    read: reader.read,
    journal: openJournalTables(runs, runsWriter, presence.id),
    traces: openTraceTable(runs, runsWriter),
    callStates: openCallStates(runs, runsWriter),
    presence,
    lastWrittenAt,
    disk,
    aside,
    figures: {
      commits: [
        { database: databaseName, ...writer.figures },
        { database: runsName, ...runsWriter.figures },
      ],
      reads: reader.figures,
    },
    async damage() {
      // A thread of its own: the other's readers would wait.
      await using once = openReader(path);
      return await once.read("damage", undefined);
    },
    async [Symbol.asyncDispose]() {
      // The last is closed first, and each of them whatever became of the one before.
      await using closing = new AsyncDisposableStack();
      closing.use(presence);
      closing.defer(() => runs.close());
      closing.defer(() => database.close());
      closing.use(disk);
      closing.defer(runsWriter.flush);
      closing.defer(writer.flush);
      closing.use(reader);
      closing.use(chats);
    },
  };
}

function writtenAt(path: string): number | undefined {
  const times = ["", "-wal"].flatMap((end) => statSync(path + end, { throwIfNoEntry: false })?.mtimeMs ?? []);
  return times.length === 0 ? undefined : Math.max(...times);
}
