import { create, createStore, type StoreApi, useStore } from "zustand";
import type { Answer } from "../../../client/index.ts";
import { rememberAccepted } from "../composer/accepted-parameters.ts";
import type { ChatMessage } from "../../protocol/chats.ts";
import type { RunEvent } from "../../protocol/events.ts";
import type { AnswerState } from "../answer/answer-state.ts";
import { findChat, refreshChat, refreshChats } from "./chat-data.ts";
import { emptyAnswer, type FollowedAnswer, withEvents } from "./from-events.ts";
import { onlyFollowed } from "./from-message.ts";
import { pause } from "./pause.ts";

/** An answer that this page follows, or has followed: its own store, so that a token renders nothing but its answer. */
interface Followed {
  readonly answer: StoreApi<FollowedAnswer>;
  readonly isRunning: boolean;
  readonly chatId: string;
}

/** By the ids of their runs. */
const useRuns = create<{ readonly runs: Readonly<Record<string, Followed>> }>(() => ({ runs: {} }));

/** What ended last, for those who listen to the page. */
export const useEnded = create<{ readonly state: AnswerState["state"] | undefined; readonly count: number }>(() => ({
  state: undefined,
  count: 0,
}));

const nothing = createStore(() => emptyAnswer);
/** Pages that nobody looks at draw no frames. */
const hiddenMs = 250;
/** The chat is written as the run ends; arbitrary, and tried so often. */
const writtenMs = [0, 150, 600, 2_000];
/** By then an answer is shown as its chat has it; arbitrary. */
const letGoMs = 1_000;

/** What has come of a message by now, if its run is followed here. */
export function useFollowed({ run_id: id }: ChatMessage): FollowedAnswer | undefined {
  const followed = useRuns(({ runs }) => (id === null ? undefined : runs[id]));
  const answer = useStore(followed?.answer ?? nothing);
  return followed && answer;
}

export function useIsRunning(messages: readonly ChatMessage[]): boolean {
  return useRuns(({ runs }) => messages.some((message) => isRunning(message, runs)));
}

export function runningOf(messages: readonly ChatMessage[]): readonly ChatMessage[] {
  return messages.filter((message) => isRunning(message, useRuns.getState().runs));
}

function isRunning({ state, run_id: id }: ChatMessage, runs: Readonly<Record<string, Followed>>): boolean {
  return state === "running" && (id === null || (runs[id]?.isRunning ?? true));
}

/** Shows a run of a chat from its beginning to its end, and then what the chat has kept of it. */
export async function follow(running: Answer, chatId: string): Promise<void> {
  const runId = await running.runId.catch(() => undefined);
  if (runId === undefined) return;
  const answer = createStore(() => emptyAnswer);
  setRun(runId, { answer, isRunning: true, chatId });
  void refreshChat(chatId).then(refreshChats);
  const isWhole = await read(running, answer);
  setRun(runId, isWhole ? { answer, isRunning: false, chatId } : undefined);
  const { state } = answer.getState();
  // Whether it failed or was cut short, its chat alone tells.
  if (isWhole && state !== "failed") tellEnded(state);
  const written = await untilWritten(chatId, runId);
  if (isWhole && state === "failed") tellEnded(written?.state ?? state);
  refreshChats();
  if (!isWhole || !written) return;
  // A page that is open all day would have each answer twice.
  await pause(letGoMs);
  answer.setState(onlyFollowed(answer.getState()), true);
}

/** Nobody looks at a chat any more: what has ended there is told by what it keeps. */
export function forgetEnded(chatId: string): void {
  useRuns.setState(({ runs }) => ({
    runs: Object.fromEntries(
      Object.entries(runs).filter(([, followed]) => followed.isRunning || followed.chatId !== chatId),
    ),
  }));
}

function tellEnded(state: AnswerState["state"]): void {
  useEnded.setState(({ count }) => ({ state, count: count + 1 }));
}

/** Gives whether it came to its end: a connection that stays lost leaves what the chat keeps. */
async function read(running: Answer, answer: StoreApi<FollowedAnswer>): Promise<boolean> {
  let waiting: RunEvent[] = [];
  let isDue = false;
  let provider = "";
  try {
    for await (const event of running) {
      waiting.push(event);
      if (event.type === "title") refreshChats();
      if (event.type === "provider") provider = event.provider.name;
      if (event.type === "parameters") rememberAccepted(provider, event.parameters);
      if (!isDue) drawSoon();
    }
  } catch {
    // What came of it is told by its chat.
  }
  draw();
  return answer.getState().state !== "running";

  /** What comes within a frame is drawn with it. */
  function drawSoon(): void {
    isDue = true;
    if (document.hidden) setTimeout(draw, hiddenMs);
    else requestAnimationFrame(draw);
  }

  function draw(): void {
    isDue = false;
    if (waiting.length === 0) return;
    const events = waiting;
    waiting = [];
    answer.setState(withEvents(answer.getState(), events, performance.now()), true);
  }
}

/** What the chat has of an answer that is over; `undefined` where it does not have it in time, or not any more. */
async function untilWritten(chatId: string, runId: string): Promise<ChatMessage | undefined> {
  for (const ms of writtenMs) {
    await pause(ms);
    await refreshChat(chatId);
    const message = findChat(chatId)?.messages.find(({ run_id }) => run_id === runId);
    if (message?.state !== "running") return message;
  }
  return undefined;
}

function setRun(runId: string, followed: Followed | undefined): void {
  useRuns.setState(({ runs: { [runId]: _, ...others } }) => ({
    runs: followed ? { ...others, [runId]: followed } : others,
  }));
}
