import { useMutation } from "@tanstack/react-query";
import { changeDraft, clearDraft, useDraft } from "../composer/drafts.ts";
import { Button } from "../parts/button.tsx";
import { toReason } from "../parts/failure.tsx";
import { Field } from "../parts/field.tsx";
import { addMemory } from "./use-memories.ts";

/** What is half written is kept as questions are. */
const draftKey = "memory";

export function AddMemory({ user }: { readonly user: string }) {
  const { text } = useDraft(draftKey);
  const adding = useMutation({
    mutationFn: (memory: string) => addMemory(user, memory),
    onSuccess: () => clearDraft(draftKey),
  });
  return (
    <form
      className="memory-add"
      aria-label="Remember something"
      onSubmit={(event) => {
        event.preventDefault();
        if (text.trim() !== "" && !adding.isPending) adding.mutate(text.trim());
      }}
    >
      <Field
        label="Remember this"
        value={text}
        onChange={({ target }) => changeDraft(draftKey, () => ({ text: target.value }))}
        isWrong={adding.isError}
        {...(adding.isError && { hint: toReason(adding.error) })}
      />
      <Button type="submit" look="primary" disabled={text.trim() === ""}>
        Add
      </Button>
    </form>
  );
}
