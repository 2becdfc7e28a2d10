import { type Answer, type ChatRequest, isParleyError } from "../../../client/index.ts";
import { browserKeys } from "../models/browser-keys.ts";
import { toReason } from "../parts/failure.tsx";
import { notify } from "../parts/toast.tsx";
import { type ModelChoice, useAskOptions } from "../state/ask-options.ts";
import { channel } from "../state/channel.ts";
import { client } from "../state/client.ts";
import { createId } from "../state/ids.ts";
import { chosenServers } from "../state/tool-servers.ts";
import { forgetBranch } from "./branch-choice.ts";
import { refreshChat, treeOf } from "./chat-data.ts";
import { compare, endComparison } from "./comparisons.ts";
import { focusComposer } from "./focus.ts";
import { pause } from "./pause.ts";
import { dropQuestion, putQuestion, type Question } from "./questions.ts";
import { type Asking, toRequest } from "./to-request.ts";

/** What stops the sending of a question, by its id. */
const sending = new Map<string, AbortController>();
/** An answer that has just ended is still being written to its chat: how often that is waited for, arbitrary. */
const maxTries = 10;
const againMs = 200;

/** Asks, whomever this browser asks, or both where two are compared. */
export function ask(chatId: string, parentId: string | null, content: Question["content"]): void {
  focusComposer();
  const { choice, rival } = useAskOptions.getState();
  void send({
    id: createId("question"),
    chatId,
    parentId,
    content,
    siblings: treeOf(chatId).below.get(parentId) ?? [],
    choices: rival ? [choice, rival] : [choice],
    askedAt: Date.now(),
    failure: undefined,
  });
}

/** Asks a question that was not sent, or is new. */
export async function send(question: Question): Promise<void> {
  const { id, chatId, parentId, content, choices } = question;
  putQuestion({ ...question, failure: undefined });
  const stopping = new AbortController();
  sending.set(id, stopping);
  const begun = await Promise.allSettled(
    choices.map((choice) => begin({ chatId, parentId, content, choice }, stopping.signal)),
  );
  sending.delete(id);
  const runIds = begun.flatMap((each) => (each.status === "fulfilled" ? each.value : []));
  const failed = begun.find((each) => each.status === "rejected");
  if (failed && runIds.length === 0) return putQuestion({ ...question, failure: toReason(failed.reason) });
  if (failed) notify({ text: toReason(failed.reason), isFailure: true });
  if (runIds.length > 1) compare(chatId, runIds);
  else endComparison(chatId);
  await refreshChat(chatId);
  dropQuestion(id);
}

/** What is on its way to the server stays here. */
export function stopSending(id: string): void {
  sending.get(id)?.abort(new Error("You stopped this before it was sent."));
}

/** Has a message answered once more, by whoever is chosen, or an answer gone on from. */
export async function askAgain(
  chatId: string,
  parentId: string,
  action?: "continue",
  choice: ModelChoice = useAskOptions.getState().choice,
): Promise<void> {
  // The buttons below an answer are not there while it is produced.
  focusComposer();
  try {
    await begin({ chatId, parentId, content: undefined, action, choice });
    endComparison(chatId);
    await refreshChat(chatId);
  } catch (thrown) {
    notify({ text: toReason(thrown), isFailure: true });
  }
}

/** Resolves with the run's id once the server has it; its chat's room shows what comes of it. */
async function begin(asking: Asking, signal?: AbortSignal): Promise<string> {
  const options = useAskOptions.getState();
  const request = toRequest(asking, { ...options, tools: chosenServers(options) }, browserKeys());
  for (let tries = 1; ; tries++) {
    try {
      const runId = await start(request, signal);
      forgetBranch(asking.chatId);
      return runId;
    } catch (thrown) {
      signal?.throwIfAborted();
      if (!isParleyError(thrown) || thrown.code !== "still_running" || tries === maxTries) throw thrown;
      await pause(againMs);
    }
  }
}

/** Answers are shown by their chat's room alone. */
async function start(request: ChatRequest, signal?: AbortSignal): Promise<string> {
  try {
    return await letGo(channel().chat(request, { signal }));
  } catch (thrown) {
    if (!isParleyError(thrown) || thrown.code !== "body_too_large") throw thrown;
    return letGo(client.chat(request, { signal }));
  }
}

/** Whoever leaves an answer stops it: so it is read to its end, and not looked at. */
async function letGo(answer: Answer): Promise<string> {
  const runId = await answer.runId;
  answer.text().catch(() => {});
  return runId;
}
