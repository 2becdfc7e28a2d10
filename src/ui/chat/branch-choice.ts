import { unwrap } from "../../../client/index.ts";
import { chatRoute } from "../state/chat-route.ts";

/** A branch that was chosen here. */
interface Choice {
  readonly endId: string;
  /** What the server shows, as far as is known, until it has this. */
  readonly before: string | null;
  /** When the server had it, on the page's clock: what was read from before is older. */
  keptAt: number;
  /** Resolves once the server has been asked, whatever it said. */
  told: Promise<void>;
}

export interface Choosing {
  readonly chatId: string;
  /** The last message of the branch. */
  readonly endId: string;
  /** That of the one that is shown. */
  readonly shown: string | null;
  readonly show: (endId: string | null) => void;
}

/** By chat, what was chosen last. */
const choices = new Map<string, Choice>();

/**
 * The server is told of one after the other, so that the last one stays. `show` is called at once, and again with what was
 * shown before where the server refuses the last one.
 *
 * @throws what it was refused with
 */
export async function chooseBranch({ chatId, endId, shown, show }: Choosing): Promise<void> {
  const last = choices.get(chatId);
  const before = last && !isKept(last) ? last.before : shown;
  const choice: Choice = { endId, before, keptAt: Infinity, told: Promise.resolve() };
  choices.set(chatId, choice);
  show(endId);
  const told = (last?.told ?? Promise.resolve()).then(() => tell(chatId, choice));
  choice.told = told.catch(() => {});
  try {
    await told;
  } catch (thrown) {
    if (choices.get(chatId) !== choice) return;
    choices.delete(chatId);
    show(before);
    throw thrown;
  }
}

/** What is asked or deleted after it shows another one. */
export function forgetBranch(chatId: string): void {
  choices.delete(chatId);
}

/** The end of the branch that is shown after a read that began then. */
export function endAfterRead(chatId: string, read: string | null, begunAt: number): string | null {
  const choice = choices.get(chatId);
  return choice && begunAt < choice.keptAt ? choice.endId : read;
}

async function tell(chatId: string, choice: Choice): Promise<void> {
  if (choices.get(chatId) !== choice) return;
  await unwrap(chatRoute(chatId).patch({ current_id: choice.endId }));
  choice.keptAt = performance.now();
}

function isKept({ keptAt }: Choice): boolean {
  return keptAt !== Infinity;
}
