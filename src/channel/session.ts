import { createId } from "../lib/ids.ts";
import type { Log } from "../lib/log.ts";
import type { Caller } from "../protocol/caller.ts";
import type { ChannelOp, ControlFrame, Member } from "../protocol/channel.ts";
import { ApiError, toApiError } from "../protocol/errors.ts";
import { assertId } from "../protocol/ids.ts";
import { toFailure } from "../protocol/resources.ts";
import type { EventReader } from "../runs/event-log.ts";
import { cancellation, type Run } from "../runs/live-run.ts";
import { parseChatRequest } from "../runs/request.ts";
import type { Rooms } from "../runs/rooms.ts";
import type { Runs } from "../runs/runs.ts";
import type { StartOnce } from "../runs/start-once.ts";
import { encodeFrame, eventEncoder, namesOf, parseOp } from "./frames.ts";
import { createOutbox, type Socket } from "./outbox.ts";

/** One socket of the channel. */
export interface Session {
  /** A frame from the client. Whatever it is, it is answered, and ends nothing else. */
  receive(frame: unknown): Promise<void>;
  /** The socket has written what waited. */
  drained(): void;
  /** Resolves when everything of the runs that it listens to now has been sent. */
  whenSent(): Promise<void>;
  /** The socket is gone: its runs go on for as long as runs without readers do. */
  close(): void;
}

export interface SessionParts {
  readonly socket: Socket;
  /** Whose it is, with the limits of now; the owner stays the same. */
  readonly caller: () => Caller;
  readonly runs: Runs;
  readonly rooms: Rooms;
  readonly startOnce: StartOnce;
  readonly log: Log;
  /** How long a reader may take nothing while something waits for it. */
  readonly stallMs?: number | undefined;
}

/** How many ids may be open on a socket, arbitrary: what one client can use. */
const maxOpen = 1_000;
/** How many frames may wait for one of the same id to begin, arbitrary: each may be a megabyte, and none will be obeyed. */
const maxWaiting = 100;

/** What an id of the client's stands for. */
interface Open {
  readonly kind: "run" | "room";
  readonly readers: Set<EventReader>;
  /** Where it is a run, resolves when it is accepted or refused. */
  begun?: Promise<void> | undefined;
  /** Where it is a room, the chat's. */
  readonly chatId?: string;
  /** Stops the run; unknown until it has begun. */
  cancel?: () => Promise<unknown>;
  isCancelled?: true;
  isLeft?: true;
  leaveRoom?: () => void;
}

export function createSession({ socket, caller, runs, rooms, startOnce, log, stallMs }: SessionParts): Session {
  const { owner } = caller();
  const outbox = createOutbox(socket, stallMs);
  // Most sockets of a large audience are idle: what they do not use they do not have.
  let open: Map<string, Open> | undefined;
  let following: Set<Promise<void>> | undefined;
  let waiting = 0;
  let isClosed = false;

  return {
    async receive(frame) {
      try {
        await obey(parseOp(frame));
      } catch (thrown) {
        refuse(namesOf(frame), thrown);
      }
    },
    drained: outbox.drained,
    whenSent: async () => void (await Promise.all(following ?? [])),
    close() {
      isClosed = true;
      outbox.close();
      for (const here of open?.values() ?? []) leave(here);
    },
  };

  async function obey(op: ChannelOp): Promise<void> {
    switch (op.op) {
      case "run": {
        const request = parseChatRequest(op.request);
        const { idempotency_key: key } = op;
        return listen(op.id, async (here) => {
          if (key !== undefined) {
            const { runId, reader } = await startOnce(key, request, caller());
            here.cancel = () => runs.cancel(runId, owner);
            if (here.isCancelled) await here.cancel();
            return { runId, reader };
          }
          const run = await runs.start({ ...request, resumable: request.resumable ?? true }, caller());
          here.cancel = async () => run.stop(cancellation());
          if (here.isCancelled) void here.cancel();
          return { runId: run.id, reader: run.attach(0) };
        });
      }
      case "attach":
        return listen(op.id, async (here) => {
          here.cancel = () => runs.cancel(op.run_id, owner);
          return { runId: op.run_id, reader: await runs.attach(op.run_id, owner, op.after ?? 0) };
        });
      case "detach":
        return leave(find(op.id, "run"));
      case "cancel": {
        const here = find(op.id, "run");
        here.isCancelled = true;
        return void (await here.cancel?.());
      }
      case "join":
        return join(op.id, op.chat_id, op.name ?? null);
      case "leave": {
        leave(find(op.id, "room"));
        open?.delete(op.id);
        return tell({ id: op.id, type: "left" });
      }
      case "ping":
        return tell({ id: op.id ?? null, type: "pong" });
    }
  }

  async function listen(
    id: string,
    begin: (here: Open) => Promise<{ readonly runId: string; readonly reader: EventReader }>,
  ): Promise<void> {
    const begun = Promise.withResolvers<void>();
    // So that nobody takes the refusal of the second for that of the first.
    for (let other = open?.get(id); other?.begun; other = open?.get(id)) {
      if (waiting >= maxWaiting)
        throw new ApiError("too_many_runs", "too many frames wait for one of the same id to begin");
      waiting++;
      await other.begun;
      waiting--;
    }
    const here = enter(id, { kind: "run", readers: new Set(), begun: begun.promise });
    try {
      const { runId, reader } = await begin(here);
      follow(id, here, runId, reader);
    } catch (thrown) {
      open?.delete(id);
      throw thrown;
    } finally {
      here.begun = undefined;
      begun.resolve();
    }
  }

  function join(id: string, chatId: string, name: string | null): void {
    assertId("chat_id", chatId);
    if ([...(open?.values() ?? [])].some((each) => each.chatId === chatId && !each.isLeft))
      throw new ApiError("id_in_use", "this socket is in the room of that chat already");
    const here = enter(id, { kind: "room", readers: new Set(), chatId });
    if (isClosed) return;
    const member: Member = { member_id: createId("member"), name };
    const onRun = (run: Run) => follow(id, here, run.id, run.attach(0));
    here.leaveRoom = rooms.join(owner, chatId, {
      member,
      onMembers: (members, count) =>
        tell({ id, type: "room", chat_id: chatId, you: member.member_id, members: [...members], count }),
      onRun,
    });
    runs.inChat(owner, chatId).forEach(onRun);
  }

  function follow(id: string, here: Open, runId: string, reader: EventReader): void {
    following ??= new Set();
    const sent = send(id, here, runId, reader);
    following.add(sent);
    void sent.then(() => following?.delete(sent));
  }

  /** Sends the events of one run, at the pace of the socket. */
  async function send(id: string, here: Open, runId: string, reader: EventReader): Promise<void> {
    here.readers.add(reader);
    if (here.isLeft) await reader.return?.();
    tell({ id, type: "accepted", run_id: runId });
    const encode = eventEncoder(id, runId);
    try {
      for await (const events of reader) {
        let index = 0;
        const next = () => {
          const event = here.isLeft ? undefined : events[index++];
          return event && encode(event);
        };
        while (index < events.length && !here.isLeft) {
          await outbox.whenReady();
          outbox.sendFrom(next);
        }
      }
    } catch (thrown) {
      refuse({ id, op: null }, thrown);
    }
    here.readers.delete(reader);
    if (here.kind === "run") open?.delete(id);
    if (here.kind === "run" || !here.isLeft) tell({ id, type: "detached", run_id: runId });
  }

  function enter(id: string, here: Open): Open {
    open ??= new Map();
    if (open.has(id)) throw new ApiError("id_in_use", "this id is in use on this socket: choose another");
    if (open.size >= maxOpen) throw new ApiError("too_many_runs", `a socket carries at most ${maxOpen} ids at once`);
    open.set(id, here);
    // It may have gone while the request was judged.
    if (isClosed) here.isLeft = true;
    return here;
  }

  function find(id: string, kind: Open["kind"]): Open {
    const here = open?.get(id);
    if (here?.kind === kind) return here;
    throw new ApiError("not_found", `this id names no ${kind} on this socket`);
  }

  function leave(here: Open): void {
    here.isLeft = true;
    here.leaveRoom?.();
    for (const reader of here.readers) void reader.return?.();
  }

  function refuse({ id, op }: ReturnType<typeof namesOf>, thrown: unknown): void {
    const error = toApiError(thrown);
    if (error.reason === "internal") log.error("a frame failed inside the server", { error: thrown });
    tell({ id, type: "refused", op, error: toFailure(error).error });
  }

  function tell(frame: ControlFrame): void {
    outbox.send(encodeFrame(frame));
  }
}
