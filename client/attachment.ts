import type { ChannelFrame } from "../src/protocol/channel.ts";
import type { Line } from "./line.ts";
import type { ToRunOp } from "./run-op.ts";

/** What the server is told of one run, and under which id it answers, on the present socket. */
export interface Attachment {
  /** Whether it is listened to under an id of its own. */
  readonly isThere: boolean;
  /** Whether the server was ever told of it. */
  readonly wasSent: boolean;
  /** Asks for the run, or for what comes after an event of one that there is, and has it stopped where that is wished. */
  begin(runId: string | undefined, after: number, isCancelled: boolean): void;
  /** Under its id. */
  say(op: "cancel" | "detach"): void;
  /** What still comes under its id is dropped. */
  end(): void;
  /** Joins for the moment that it takes to say something. */
  visit(runId: string | undefined, after: number, op?: "cancel"): void;
}

type Hear = (frame: ChannelFrame, size: number) => void;

export function createAttachment(line: Line, asked: ToRunOp | undefined, hear: Hear): Attachment {
  let id: string | undefined;
  let wasSent = false;

  return {
    get isThere() {
      return id !== undefined;
    },
    get wasSent() {
      return wasSent;
    },
    begin(runId, after, isCancelled) {
      id = line.listen(hear);
      if (runId !== undefined) line.send({ op: "attach", id, run_id: runId, after });
      else if (asked) line.send(asked(id));
      wasSent = true;
      if (isCancelled) line.send({ op: "cancel", id });
    },
    say: (op) => void (id !== undefined && line.send({ op, id })),
    end() {
      line.unlisten(id);
      id = undefined;
    },
    visit(runId, after, op) {
      if (!line.isOpen || runId === undefined) return;
      const here = line.listen(() => {});
      line.send({ op: "attach", id: here, run_id: runId, after });
      if (op) line.send({ op, id: here });
      line.send({ op: "detach", id: here });
      line.unlisten(here);
    },
  };
}
