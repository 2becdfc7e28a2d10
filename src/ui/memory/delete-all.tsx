import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { toCountOf } from "../parts/amounts.ts";
import { Button } from "../parts/button.tsx";
import { Dialog } from "../parts/dialog.tsx";
import { Failure } from "../parts/failure.tsx";
import { notify } from "../parts/toast.tsx";
import { deleteAllOf } from "./use-memories.ts";

export interface DeleteAllProps {
  readonly user: string;
  readonly own: string | undefined;
  readonly count: number;
}

/** Nothing takes this back: it is asked twice. */
export function DeleteAll({ user, own, count }: DeleteAllProps) {
  const [step, setStep] = useState<"closed" | "first" | "second">("closed");
  const close = () => setStep("closed");
  const deleting = useMutation({
    mutationFn: () => deleteAllOf(user),
    onSuccess(deleted) {
      close();
      document.getElementById("main")?.focus();
      notify({ text: `${toCountOf(deleted, "memory", "memories")} deleted.` });
    },
  });
  const whose = user === own ? "you" : user;
  return (
    <>
      <Button look="danger" onClick={() => setStep("first")}>
        Delete all
      </Button>
      <Dialog
        isOpen={step !== "closed"}
        onClose={close}
        title={step === "second" ? "Really all of them?" : `Delete all that is remembered of ${whose}?`}
        about={
          step === "second"
            ? "They cannot be brought back."
            : `${toCountOf(count, "memory", "memories")} will be gone for every chat.`
        }
      >
        {deleting.isError && <Failure error={deleting.error} />}
        <div className="memory-edit-buttons">
          <Button key={step} data-first autoFocus={step === "second"} onClick={close}>
            Keep them
          </Button>
          {step === "second" ? (
            <Button look="danger" onClick={() => deleting.mutate()}>
              Yes, delete them for good
            </Button>
          ) : (
            <Button look="danger" onClick={() => setStep("second")}>
              Delete all
            </Button>
          )}
        </div>
      </Dialog>
    </>
  );
}
