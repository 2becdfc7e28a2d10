/** A shared chat's page: shows it, and what is written into it while somebody reads. */

import { readChat, type SharedMessage } from "./document.ts";
import { toNodes } from "./markdown.ts";

const find = (id: string) => document.getElementById(id) as HTMLElement;
const chat = find("chat");
const title = find("title");
const state = find("state");

const address = `/backend-api/v2/chat/${location.pathname.replace(/^\/share\/|\/$/g, "")}`;
const pauseMs = { visible: 2000, hidden: 5000 };
const patienceMs = 15_000;

/** The messages that are shown, each as it was written: those that stay the same are left alone. */
let shown: { readonly written: string; readonly element: HTMLElement }[] = [];
let version = "";
let isAsking = false;
let next: ReturnType<typeof setTimeout> | undefined;

document.addEventListener("visibilitychange", () => void (document.hidden || look()));
void look();

/** Asks what is new, and again after a while. */
async function look(): Promise<void> {
  if (isAsking) return;
  isAsking = true;
  clearTimeout(next);
  await update().catch(() => say("The server cannot be reached. Trying again…"));
  isAsking = false;
  next = setTimeout(() => void look(), document.hidden ? pauseMs.hidden : pauseMs.visible);
}

async function update(): Promise<void> {
  const response = await fetch(address, {
    headers: version === "" ? {} : { "if-none-match": version },
    cache: "no-store",
    signal: AbortSignal.timeout(patienceMs),
  });
  if (response.status === 404 || response.status === 400) {
    say(
      version === "" ? "No chat is shared here." : "This chat is not shared any more: here it is as you saw it last.",
    );
    return;
  }
  if (response.status === 200) {
    show(await response.json());
    version = response.headers.get("etag") ?? "";
  } else if (response.status !== 304) throw new Error(`status ${response.status}`);
  say("");
}

function show(shared: unknown): void {
  const { title: name, messages, left } = readChat(shared);
  const isAtEnd = version !== "" && innerHeight + scrollY >= document.documentElement.scrollHeight - 40;
  title.textContent = name || "Shared chat";
  document.title = name || "Shared chat";
  const before = left > 0 ? [toNote(`${left} earlier messages are left out.`)] : [];
  shown = messages.map((message, index) => {
    const written = JSON.stringify(message);
    const there = shown[index];
    return there?.written === written ? there : { written, element: toElement(message) };
  });
  replaceChildren([...before, ...shown.map(({ element }) => element)]);
  if (isAtEnd) scrollTo(0, document.documentElement.scrollHeight);
}

/** Without touching those that are where they belong: what somebody has selected, or listens to, goes on. */
function replaceChildren(wanted: readonly HTMLElement[]): void {
  for (const [index, each] of wanted.entries()) {
    const there = chat.children[index];
    if (there === each) continue;
    if (there) there.replaceWith(each);
    else chat.append(each);
  }
  while (chat.children.length > wanted.length) chat.lastElementChild?.remove();
}

function toElement({ role, note, thoughts, text }: SharedMessage): HTMLElement {
  const made = document.createElement("article");
  const isUser = role === "user";
  made.className = isUser ? "user" : "other";
  made.dir = "auto";
  const who = isUser ? "User" : role === "assistant" ? "Assistant" : role;
  const label = [who, isUser ? "" : note].filter(Boolean).join(" · ");
  if (label !== "") made.append(Object.assign(toNote(label), { className: "role" }));
  if (thoughts !== "") made.append(toThoughts(thoughts));
  made.append(...toNodes(text));
  return made;
}

function toThoughts(text: string): HTMLElement {
  const details = document.createElement("details");
  details.append(Object.assign(document.createElement("summary"), { textContent: "Thinking" }), toNote(text));
  return details;
}

function toNote(text: string): HTMLElement {
  return Object.assign(document.createElement("p"), { className: "note", textContent: text });
}

function say(text: string): void {
  if (state.textContent !== text) state.textContent = text;
}
