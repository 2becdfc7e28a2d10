import { useMutation } from "@tanstack/react-query";
import { Square } from "lucide-react";
import { unwrap } from "../../../client/index.ts";
import { Button } from "../parts/button.tsx";
import { toReason } from "../parts/failure.tsx";
import { notify } from "../parts/toast.tsx";
import { client } from "../state/client.ts";
import { queries } from "../state/queries.ts";

/** Stops an answer, and the provider's work for it. */
export function CancelRun({ runId }: { readonly runId: string }) {
  const { mutate, isPending } = useMutation({
    mutationFn: () => unwrap(client.api.runs({ run_id: runId }).cancel.post()),
    onError: (error) => notify({ text: toReason(error), isFailure: true }),
    onSuccess: () => {
      notify({ text: "The answer was cancelled." });
      // The button goes with what it cancelled.
      document.getElementById("main")?.focus();
    },
    onSettled() {
      void queries.invalidateQueries({ queryKey: ["running-chats"] });
      return queries.invalidateQueries({ queryKey: ["runs"] });
    },
  });
  return (
    <Button onClick={() => mutate()} disabled={isPending}>
      <Square aria-hidden size={14} /> Cancel
    </Button>
  );
}
