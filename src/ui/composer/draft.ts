import { isObject, tryParseJson } from "../../lib/json.ts";
import { type Attachment, isUnsettled } from "./attachment.ts";

/** What is being written, and not sent yet. */
export interface Draft {
  readonly text: string;
  readonly attachments: readonly Attachment[];
  /** Milliseconds: of two tabs, the one that wrote last is right. */
  readonly changedAt: number;
}

export const emptyDraft: Draft = { text: "", attachments: [], changedAt: 0 };

/** What a browser keeps of it: what is still on its way does not outlive the page. `undefined` where that is nothing. */
export function encodeDraft({ text, attachments, changedAt }: Draft): string | undefined {
  const kept = attachments.filter(({ state }) => state === "ready");
  if (text === "" && kept.length === 0) return undefined;
  return JSON.stringify({ text, attachments: kept, changedAt });
}

/** What was kept, by this version or another: what is not understood is left out. */
export function parseDraft(kept: string | null): Draft | undefined {
  const value = kept === null ? undefined : tryParseJson(kept);
  if (!isObject(value) || typeof value["text"] !== "string") return undefined;
  const { attachments, changedAt } = value;
  return {
    text: value["text"],
    attachments: Array.isArray(attachments) ? attachments.filter(isKept) : [],
    changedAt: typeof changedAt === "number" ? changedAt : 0,
  };
}

/** What another tab has written, in place of ours; files that this one is sending stay. */
export function adopt(ours: Draft, theirs: Draft): Draft {
  const known = new Set(theirs.attachments.map(({ id }) => id));
  const going = ours.attachments.filter(
    (each) => !known.has(each.id) && (isUnsettled(each) || each.state === "failed"),
  );
  return { ...theirs, attachments: [...theirs.attachments, ...going] };
}

function isKept(value: unknown): value is Attachment {
  return (
    isObject(value) &&
    value["state"] === "ready" &&
    [value["id"], value["name"], value["type"]].every((each) => typeof each === "string") &&
    typeof value["bytes"] === "number" &&
    [value["documents"], value["media"], value["skipped"]].every(Array.isArray)
  );
}
