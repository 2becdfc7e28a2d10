import { mediumAddress } from "../composer/attachment.ts";

/** What a shared document says, whoever wrote it: a web interface (`items`), our own export (`messages`), or anybody. */

export interface SharedChat {
  readonly title: string;
  readonly messages: readonly SharedMessage[];
  /** How many messages come before those. */
  readonly left: number;
}

export interface SharedMessage {
  readonly role: string;
  /** Who answered. */
  readonly note: string;
  readonly thoughts: string;
  /** Markdown. */
  readonly text: string;
}

type Fields = Readonly<Record<string, unknown>>;

/** The last so many are shown, and of each so many characters: both arbitrary. */
const limits = { messages: 1000, characters: 100_000 };

export function readChat(document: unknown): SharedChat {
  const fields = isFields(document) ? document : {};
  const title = textOf(fields.title).trim().slice(0, 300);
  const entries = [fields.items, fields.messages].find(
    (each) => Array.isArray(each) && (each.length === 0 || each.some(isMessage)),
  );
  if (!Array.isArray(entries)) {
    const plain = JSON.stringify(document);
    // Spaces before each of a million lines would be more than a text can hold.
    const text = plain.length > limits.characters ? plain : JSON.stringify(document, null, 2);
    return {
      title,
      messages: [{ role: "", note: "", thoughts: "", text: `~~~~~~~~\n${cut(text)}\n~~~~~~~~` }],
      left: 0,
    };
  }
  const all = toBranch(entries.filter(isFields), fields.current_id);
  const shown = all.slice(-limits.messages);
  return { title, messages: shown.map(toMessage), left: all.length - shown.length };
}

/** An export holds a tree: what is shown is the way from its root to the message that was looked at last. */
function toBranch(entries: readonly Fields[], current: unknown): Fields[] {
  const byId = new Map(entries.map((entry) => [entry.message_id, entry]));
  const branch: Fields[] = [];
  for (let entry = byId.get(current); entry && branch.length < entries.length; entry = byId.get(entry.parent_id))
    branch.push(entry);
  return typeof current === "string" && branch.length > 0 ? branch.toReversed() : [...entries];
}

function toMessage(entry: Fields): SharedMessage {
  const said = isFields(entry.message) ? entry.message : entry;
  const model = [entry, said].map(({ model, provider }) => [named(provider), named(model)].filter(Boolean).join(" · "));
  return {
    role: textOf(said.role).slice(0, 50),
    note: model.find((each) => each !== "") ?? "",
    thoughts: cut(textOf(said.reasoning)),
    text: cut(toText(said.content)),
  };
}

function isMessage(entry: unknown): boolean {
  return isFields(entry) && ("content" in entry || (isFields(entry.message) && "content" in entry.message));
}

/** Parts of other kinds than text and pictures are named, and no more. */
function toText(content: unknown): string {
  if (typeof content === "string") return content;
  if (Array.isArray(content)) return content.map(toPart).join("\n\n");
  return content === null || content === undefined ? "" : toPart(content);
}

function toPart(part: unknown): string {
  if (typeof part === "string") return part;
  if (!isFields(part)) return JSON.stringify(part);
  if (typeof part.text === "string") return part.text;
  const address = isFields(part.image_url) ? textOf(part.image_url.url) : textOf(part.url);
  if (address !== "" && !address.startsWith("data:")) return `![](${address})`;
  const { bucket_id: bucket, name } = part;
  if (typeof bucket === "string" && typeof name === "string") return `![](${mediumAddress(bucket, name)})`;
  return `[${named(part.type) || "file"}]`;
}

/** Web interfaces save a provider as its name, or as an object with it. */
function named(value: unknown): string {
  const name = isFields(value) ? (value.label ?? value.name) : value;
  return textOf(name).slice(0, 100);
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function cut(text: string): string {
  return text.length <= limits.characters ? text : `${text.slice(0, limits.characters)}\n\n…`;
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
