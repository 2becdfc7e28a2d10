import { create } from "zustand";
import type { Attachment } from "./attachment.ts";
import { adopt, type Draft, emptyDraft, encodeDraft, parseDraft } from "./draft.ts";

/** By what they are drafts of: a chat, or the next one. Each has an entry of its own, so that tabs write what they changed alone. */
const prefix = "parley-draft:";
/** How long a pause in writing has the draft kept. */
const pauseMs = 300;
/** Drafts of chats that are gone would stay for ever. */
const maxAgeMs = 60 * 24 * 60 * 60 * 1000;

const useDrafts = create<Readonly<Record<string, Draft>>>(() => readAll());
const changed = new Set<string>();
let timer: ReturnType<typeof setTimeout> | undefined;

export function useDraft(key: string): Draft {
  return useDrafts((drafts) => find(drafts, key));
}

export function draftOf(key: string): Draft {
  return find(useDrafts.getState(), key);
}

/** A chat may be called as whatever each object has. */
function find(drafts: Readonly<Record<string, Draft>>, key: string): Draft {
  return (Object.hasOwn(drafts, key) ? drafts[key] : undefined) ?? emptyDraft;
}

export function changeDraft(key: string, change: (draft: Draft) => Partial<Draft>): void {
  const draft = draftOf(key);
  useDrafts.setState({ [key]: { ...draft, ...change(draft), changedAt: Date.now() } });
  changed.add(key);
  clearTimeout(timer);
  timer = setTimeout(keepChanged, pauseMs);
}

/** In whichever draft it is by now. */
export function changeAttachment(id: string, change: Partial<Attachment>): void {
  for (const [key, draft] of Object.entries(useDrafts.getState())) {
    if (!draft.attachments.some((each) => each.id === id)) continue;
    changeDraft(key, ({ attachments }) => ({
      attachments: attachments.map((each) => (each.id === id ? { ...each, ...change } : each)),
    }));
  }
}

/** Where a chat begins by something else than what was being written, that goes on in the chat. */
export function moveDraft(from: string, to: string): void {
  const { text, attachments } = draftOf(from);
  if (text === "" && attachments.length === 0) return;
  changeDraft(to, () => ({ text, attachments }));
  clearDraft(from);
}

/** Once it is sent. */
export function clearDraft(key: string): void {
  changeDraft(key, () => emptyDraft);
  keepChanged();
}

function keepChanged(): void {
  clearTimeout(timer);
  for (const key of changed) {
    const draft = draftOf(key);
    const kept = parseDraft(localStorage.getItem(prefix + key));
    if (kept && kept.changedAt > draft.changedAt) continue;
    const text = encodeDraft(draft);
    if (text === undefined) localStorage.removeItem(prefix + key);
    else keep(prefix + key, text);
  }
  changed.clear();
}

/** A browser that is full, or keeps nothing, still sends. */
function keep(name: string, text: string): void {
  try {
    localStorage.setItem(name, text);
  } catch {
    // What is written stays on the page as long as it is open.
  }
}

function readAll(): Record<string, Draft> {
  const drafts: Record<string, Draft> = {};
  for (const name of Object.keys(localStorage).filter((each) => each.startsWith(prefix))) {
    const draft = parseDraft(localStorage.getItem(name));
    if (draft && draft.changedAt > Date.now() - maxAgeMs) drafts[name.slice(prefix.length)] = draft;
    else localStorage.removeItem(name);
  }
  return drafts;
}

window.addEventListener("pagehide", keepChanged);
document.addEventListener("visibilitychange", () => document.hidden && keepChanged());
window.addEventListener("storage", ({ key: name, newValue }) => {
  if (!name?.startsWith(prefix)) return;
  const key = name.slice(prefix.length);
  // Whoever is writing here is later than what comes from there.
  if (changed.has(key)) return;
  useDrafts.setState({ [key]: adopt(draftOf(key), parseDraft(newValue) ?? emptyDraft) });
});
