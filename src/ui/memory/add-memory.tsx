import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { Button } from "../parts/button.tsx";
import { toReason } from "../parts/failure.tsx";
import { Field } from "../parts/field.tsx";
import { addMemory } from "./use-memories.ts";

export function AddMemory({ user }: { readonly user: string }) {
  const [text, setText] = useState("");
  const adding = useMutation({ mutationFn: (memory: string) => addMemory(user, memory), onSuccess: () => setText("") });
  return (
    <form
      className="memory-add"
      onSubmit={(event) => {
        event.preventDefault();
        if (text.trim() !== "" && !adding.isPending) adding.mutate(text.trim());
      }}
    >
      <Field
        label="Remember this"
        value={text}
        onChange={({ target }) => setText(target.value)}
        isWrong={adding.isError}
        {...(adding.isError && { hint: toReason(adding.error) })}
      />
      <Button type="submit" look="primary" disabled={text.trim() === ""}>
        Add
      </Button>
    </form>
  );
}
