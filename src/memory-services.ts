import type { Config } from "./config/load.ts";
import { createExtraction } from "./memory/extraction.ts";
import { openMeaning } from "./memory/meaning.ts";
import { type Memory, openMemory } from "./memory/memory.ts";
import { askModel, type StartRun, toNamedModel } from "./runs/ask.ts";
import { recordTask, type TaskRecordParts } from "./runs/task-record.ts";
import type { Tasks } from "./routing/tasks.ts";
import type { Store } from "./store/index.ts";

export interface MemoryServicesParts extends TaskRecordParts {
  readonly tasks: Tasks;
  readonly start: StartRun;
  readonly config: Config;
  readonly store: Store;
}

/** What is known of users, with the models that read it and find it. */
export function openMemoryServices(parts: MemoryServicesParts): Memory {
  const { config, store, tasks, start, budgets, clock, log } = parts;
  const meaning = openMeaning({
    setting: config.memory_embeddings,
    tasks,
    vectors: store.memoryVectors,
    log,
    mayUse: (caller) =>
      budgets.check(caller).then(
        () => true,
        () => false,
      ),
    record: ({ caller, candidate, tokens }) =>
      recordTask(parts, {
        caller,
        startedAt: clock(),
        candidate,
        details: {},
        tokens: { prompt: tokens, completion: 0 },
      }),
  });
  const extraction = createExtraction({
    isOn: config.memory_extract,
    model: config.memory_model === "" ? undefined : toNamedModel(config.memory_model),
    ask: ({ system, text, ...who }, caller, signal) =>
      askModel(start, { ...who, messages: toMessages(system, text) }, caller, signal),
    log,
  });
  return openMemory({ table: store.memories, meaning, extraction, clock, log, maxBytes: config.max_memories });
}

function toMessages(system: string, text: string) {
  return [
    { role: "system" as const, content: system },
    { role: "user" as const, content: text },
  ];
}
