import type { MemoryRecord } from "../../protocol/memory.ts";
import { deleteLater } from "../state/deletions.ts";
import { focusAfterRemoval, focusLater } from "../state/focus.ts";
import { MemoryEntry, idOf } from "./memory-entry.tsx";
import { toDeletion } from "./use-memories.ts";

export function MemoryList({ memories }: { readonly memories: readonly MemoryRecord[] }) {
  return (
    <ul className="memory-list" aria-label="Memories">
      {memories.map((memory) => (
        <MemoryEntry
          key={memory.id}
          memory={memory}
          onDelete={(row) => {
            focusAfterRemoval(row);
            deleteLater(toDeletion(memory, () => focusLater(idOf(memory))));
          }}
        />
      ))}
    </ul>
  );
}
