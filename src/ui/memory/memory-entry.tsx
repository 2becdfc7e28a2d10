import { Pencil, Trash2 } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import type { MemoryRecord } from "../../protocol/memory.ts";
import { IconButton } from "../parts/button.tsx";
import { toDay } from "../parts/moments.ts";
import { EditMemory } from "./edit-memory.tsx";

export interface MemoryEntryProps {
  readonly memory: MemoryRecord;
  readonly onDelete: (row: HTMLElement | null) => void;
}

/** Of the button that deletes it. */
export function idOf({ id }: MemoryRecord): string {
  return `memory-${id}`;
}

export function MemoryEntry({ memory, onDelete }: MemoryEntryProps) {
  const [isEdited, setEdited] = useState(false);
  const row = useRef<HTMLLIElement>(null);
  const edit = useRef<HTMLButtonElement>(null);
  const wasEdited = useRef(false);
  useEffect(() => {
    if (wasEdited.current && !isEdited) edit.current?.focus();
    wasEdited.current = isEdited;
  }, [isEdited]);

  if (isEdited)
    return (
      <li ref={row}>
        <EditMemory memory={memory} onDone={() => setEdited(false)} />
      </li>
    );
  const about = memory.memory.length > 60 ? `${memory.memory.slice(0, 59)}…` : memory.memory;
  return (
    <li ref={row}>
      <div className="memory-text">
        <p>{memory.memory}</p>
        <p className="muted">{toOrigin(memory)}</p>
      </div>
      <IconButton ref={edit} label={`Edit: ${about}`} onClick={() => setEdited(true)}>
        <Pencil aria-hidden size={16} />
      </IconButton>
      <IconButton id={idOf(memory)} data-focus label={`Delete: ${about}`} onClick={() => onDelete(row.current)}>
        <Trash2 aria-hidden size={16} />
      </IconButton>
    </li>
  );
}

function toOrigin({ metadata, conversation_id, created_at, updated_at }: MemoryRecord): string {
  const isFound = metadata["source"] === "extracted";
  return [
    toDay(created_at),
    updated_at !== created_at && `changed ${toDay(updated_at)}`,
    isFound ? "found in a conversation" : conversation_id !== null && "from a conversation",
  ]
    .filter(Boolean)
    .join(" · ");
}
