import { useMutation } from "@tanstack/react-query";
import { type KeyboardEvent, useId, useState } from "react";
import type { MemoryRecord } from "../../protocol/memory.ts";
import { Button } from "../parts/button.tsx";
import { toReason } from "../parts/failure.tsx";
import { changeMemory } from "./use-memories.ts";

export interface EditMemoryProps {
  readonly memory: MemoryRecord;
  readonly onDone: () => void;
}

/** Ctrl and Enter saves, Escape leaves it as it was. */
export function EditMemory({ memory, onDone }: EditMemoryProps) {
  const [text, setText] = useState(memory.memory);
  const id = useId();
  const saving = useMutation({ mutationFn: (changed: string) => changeMemory(memory, changed), onSuccess: onDone });

  const save = () => {
    const changed = text.trim();
    if (changed === "" || saving.isPending) return;
    if (changed === memory.memory) onDone();
    else saving.mutate(changed);
  };
  const onKeyDown = ({ key, ctrlKey, metaKey, nativeEvent: { isComposing } }: KeyboardEvent) => {
    if (key === "Escape" && !isComposing) onDone();
    if (key === "Enter" && (ctrlKey || metaKey)) save();
  };

  return (
    <form
      className="memory-edit field"
      onSubmit={(event) => {
        event.preventDefault();
        save();
      }}
    >
      <label htmlFor={id}>What is remembered</label>
      <textarea
        id={id}
        rows={Math.min(8, 2 + Math.floor(text.length / 80))}
        autoFocus
        value={text}
        aria-invalid={saving.isError}
        aria-describedby={saving.isError ? `${id}-wrong` : undefined}
        onChange={({ target }) => setText(target.value)}
        onKeyDown={onKeyDown}
      />
      {saving.isError && (
        <p className="wrong" id={`${id}-wrong`} role="alert">
          {toReason(saving.error)}
        </p>
      )}
      <div className="memory-edit-buttons">
        <Button type="submit" look="primary" disabled={text.trim() === ""}>
          Save
        </Button>
        <Button onClick={onDone}>Cancel</Button>
      </div>
    </form>
  );
}
