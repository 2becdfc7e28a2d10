/** The page's script: asks over the public API and shows the events of the run as they come. */

interface Turn {
  role: "user" | "assistant";
  content: string;
}

const find = <T extends HTMLElement>(id: string) => document.getElementById(id) as T;
const chat = find("chat");
const form = find<HTMLFormElement>("form");
const prompt = find<HTMLTextAreaElement>("prompt");
const send = find<HTMLButtonElement>("send");
const model = find<HTMLSelectElement>("model");
const key = find<HTMLInputElement>("key");

const api = "/backend-api/v2";
const messages: Turn[] = [];
let running: AbortController | undefined;

form.addEventListener("submit", (event) => {
  event.preventDefault();
  if (running) running.abort();
  else if (prompt.value.trim() !== "") void ask(prompt.value);
});
prompt.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  if (!running) form.requestSubmit();
});
for (const example of document.querySelectorAll(".example"))
  example.addEventListener("click", () => void ask(example.textContent ?? ""));
key.addEventListener("change", () => void listModels());
void listModels();

async function listModels(): Promise<void> {
  const response = await fetch(`${api}/models`, { headers: headers() });
  find("key-field").hidden = response.status !== 401 && key.value === "";
  if (!response.ok) return void (find("state").textContent = "This server asks for its access key: enter it above.");
  const list: { name: string; providers: string[] }[] = await response.json();
  model.length = 1;
  for (const { name, providers } of list) {
    for (const provider of providers) model.add(new Option(`${name} (${provider})`, `${provider}\n${name}`));
  }
  // The built-in assistant's own entry is always there, and is no model.
  find("state").textContent =
    list.length > 1
      ? "Ask anything. The router chooses a model, or you do, above."
      : "No language model is set up yet: the built-in assistant answers from the help, and works out arithmetic, units and dates.";
}

async function ask(question: string): Promise<void> {
  find("welcome").hidden = true;
  messages.push({ role: "user", content: question });
  show("user").textContent = question;
  prompt.value = "";
  send.textContent = "Stop";
  const answer = show("assistant");
  const controller = (running = new AbortController());
  const turn: Turn = { role: "assistant", content: "" };
  try {
    for await (const event of events(controller.signal)) {
      if (event.type === "content") answer.textContent = turn.content += event.content;
      else if (event.type === "reasoning" && event.token) thoughts(answer).textContent += event.token;
      else if (event.type === "error" || event.type === "auth") note(event.message, "failed");
      else if (event.type === "message") note(event.message);
      else if (event.type === "usage") note(`${event.provider} · ${event.model} · ${event.usage.total_tokens} tokens`);
      chat.scrollTop = chat.scrollHeight;
    }
  } catch (error) {
    note(controller.signal.aborted ? "Stopped." : String(error), controller.signal.aborted ? "" : "failed");
  }
  if (turn.content !== "") messages.push(turn);
  running = undefined;
  send.textContent = "Send";
  prompt.focus();
}

/** The events of one answer. */
async function* events(signal: AbortSignal) {
  const [provider, name] = model.value === "" ? [null, null] : model.value.split("\n");
  const body = JSON.stringify({ provider, model: name, messages });
  const response = await fetch(`${api}/conversation`, { method: "POST", body, signal, headers: headers() });
  if (!response.ok || !response.body) throw (await response.json()).error.message;
  let text = "";
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    text += value;
    const parts = text.split("\n\n");
    text = parts.pop() ?? "";
    for (const part of parts) {
      const data = part.split("\n").find((line) => line.startsWith("data: "));
      if (data) yield JSON.parse(data.slice(6));
    }
  }
}

function headers(): Record<string, string> {
  return key.value === "" ? {} : { authorization: `Bearer ${key.value}` };
}

function show(role: Turn["role"]): HTMLElement {
  const turn = document.createElement("div");
  turn.className = `turn ${role}`;
  chat.append(turn);
  return turn;
}

function note(text: string, className = ""): void {
  const line = document.createElement("p");
  line.className = `note ${className}`;
  line.textContent = text;
  chat.append(line);
}

/** Where an answer's thinking goes: folded, above it. */
function thoughts(answer: HTMLElement): HTMLElement {
  const before = answer.previousElementSibling;
  if (before instanceof HTMLDetailsElement) return before.lastElementChild as HTMLElement;
  const details = document.createElement("details");
  details.append(
    Object.assign(document.createElement("summary"), { textContent: "Thinking" }),
    document.createElement("div"),
  );
  answer.before(details);
  return details.lastElementChild as HTMLElement;
}
