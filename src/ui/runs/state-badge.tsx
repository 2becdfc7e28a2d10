import {
  Ban,
  CircleCheck,
  CircleDashed,
  CirclePause,
  CircleX,
  type LucideIcon,
  Timer,
  SkipForward,
} from "lucide-react";
import type { RunState } from "../../protocol/runs.ts";
import type { AttemptOutcome } from "../../protocol/trace.ts";
import { outcomeWords, stateWords } from "./words.ts";

type Look = "good" | "bad" | "going" | "other";

const looks: Readonly<Record<RunState | AttemptOutcome, readonly [LucideIcon, Look]>> = {
  running: [CircleDashed, "going"],
  finished: [CircleCheck, "good"],
  answered: [CircleCheck, "good"],
  failed: [CircleX, "bad"],
  cancelled: [Ban, "other"],
  interrupted: [CirclePause, "other"],
  lost: [Timer, "other"],
  skipped: [SkipForward, "other"],
};

/** How an answer, or a try at one, stands: by a sign, a colour and a word. */
export function StateBadge({ state }: { readonly state: RunState | AttemptOutcome }) {
  const [Icon, look] = looks[state];
  return (
    <span className={`runs-badge ${look}`}>
      <Icon aria-hidden size={15} /> {{ ...outcomeWords, ...stateWords }[state]}
    </span>
  );
}
