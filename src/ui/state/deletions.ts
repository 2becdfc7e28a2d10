import { isParleyError } from "../../../client/index.ts";
import { create } from "zustand";
import { toReason } from "../parts/failure.tsx";
import { notify } from "../parts/toast.tsx";
import { queries } from "./queries.ts";

/** Something that is to be deleted once nobody can undo it any more; until then it is only hidden. */
export interface Deletion {
  /** Its own among all that can be deleted, whatever it is. */
  readonly key: string;
  /** What the notice says: `The picture is deleted.` */
  readonly text: string;
  /** Asks the server for it, as `fetch` says. */
  readonly send: (fetch: RequestInit) => Promise<unknown>;
  /** What has to be read anew afterwards. */
  readonly queryKey: readonly string[];
  readonly onUndo?: (() => void) | undefined;
}

/** The keys of what is hidden. */
export const useDeletions = create<{ readonly keys: ReadonlySet<string> }>(() => ({ keys: new Set() }));

const waiting = new Map<string, Deletion>();

export function deleteLater(deletion: Deletion): void {
  const { key, text, onUndo } = deletion;
  waiting.set(key, deletion);
  show();
  notify({
    text,
    action: {
      label: "Undo",
      onSelect() {
        waiting.delete(key);
        show();
        onUndo?.();
      },
    },
    onGone: () => void finish(deletion),
  });
}

async function finish({ key, send, queryKey }: Deletion): Promise<void> {
  try {
    await send({});
  } catch (error) {
    if (!isParleyError(error) || error.code !== "not_found") notify({ text: toReason(error), isFailure: true });
  }
  // Before it is shown again: what is gone does not come back for a moment.
  await queries.invalidateQueries({ queryKey });
  waiting.delete(key);
  show();
}

/** What is hidden is deleted before nobody may ask for it any more. */
export async function finishDeletions(): Promise<void> {
  await Promise.all([...waiting.values()].map(finish));
}

function show(): void {
  useDeletions.setState({ keys: new Set(waiting.keys()) });
}

// A page that ends sends what it still can, and what does not arrive is still there.
addEventListener("pagehide", () => {
  for (const { send } of waiting.values()) void send({ keepalive: true }).catch(() => {});
});
