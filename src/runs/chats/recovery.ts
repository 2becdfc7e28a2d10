import type { Clock } from "../../lib/clock.ts";
import type { RunState } from "../../protocol/runs.ts";
import type { MessageState, RunningMessageRow } from "../../store/chat-messages.ts";
import { toText } from "../../store/chat-messages.ts";
import type { ChatTable } from "../../store/chats.ts";
import type { JournalTables, RunRow } from "../../store/journal.ts";
import type { Journal } from "../journal.ts";
import { replay } from "../replay.ts";
import { createTranscript } from "./transcript.ts";

export interface ChatRecoveryParts {
  readonly chats: ChatTable;
  readonly tables: JournalTables;
  readonly journal: Journal;
  readonly clock: Clock;
  /** Whether a run is being produced here. */
  readonly isRunning: (runId: string) => boolean;
}

/** Completes, from their runs' journals, the messages of chats whose server was killed before it could. */
export async function recoverChats({ chats, tables, journal, clock, isRunning }: ChatRecoveryParts): Promise<void> {
  for (const message of await chats.listRunning()) {
    const { run_id: runId } = message;
    if (runId === null || isRunning(runId)) continue;
    const run = await tables.find(runId);
    // Another server's.
    if (run?.state === "running") continue;
    await complete(runId, message, run);
  }

  async function complete(runId: string, message: RunningMessageRow, run: RunRow | undefined): Promise<void> {
    const transcript = createTranscript(toText(message.content));
    // It may have expired: then what was there stays.
    if (run) await readInto(run).catch(() => {});
    await chats.finish(runId, {
      content: JSON.stringify(transcript.content),
      extra: JSON.stringify(transcript.extra()),
      state: toState(run?.state),
      provider: transcript.provider ?? message.provider,
      model: transcript.model ?? message.model,
      usage: transcript.usage,
      updated_at: run?.ended_at ?? clock(),
    });

    async function readInto(run: RunRow): Promise<void> {
      for await (const events of replay(journal, run, 0)) transcript.add(events.map(({ event }) => event));
    }
  }
}

function toState(state: RunState | undefined): Exclude<MessageState, "running"> {
  if (state === "finished") return "done";
  return state === undefined || state === "running" ? "interrupted" : state;
}
