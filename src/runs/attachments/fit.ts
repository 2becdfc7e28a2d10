import type { Buckets } from "../../files/buckets.ts";
import { mapParallel } from "../../lib/parallel.ts";
import type { AskedMessage, AskedPart, FilePart, Message, Part } from "../../protocol/chat.ts";
import { textOf } from "../../providers/content.ts";
import type { Candidate } from "../../routing/candidate.ts";
import { createPromptSize } from "../../routing/prompt-size.ts";
import { isPdf } from "./bring-in.ts";
import type { DocumentReader } from "./document-text.ts";

export interface FitParts {
  readonly buckets: Buckets;
  readonly documents: DocumentReader;
  readonly owner: string;
  /** As the caller sent them: what suits the user's last words best is read of a bucket, not what suits pages of the web. */
  readonly own: readonly AskedMessage[];
  readonly note: (log: string) => void;
}

/** What a model whose context is not known is taken to read; most read more. */
const assumedContext = 32_768;
/** Of what a model reads at once; the rest is for its answer, and for what our count of tokens misses. */
export const readShare = 0.7;
const leastTokens = 1_000;
/** With what is searched for while it answers, of which no more is missed than of anything else. */
const shareWithSearches = 0.85;

/** How long a prompt may become for a candidate by what it searches for, in tokens. */
export function readableTokens({ contextLength = assumedContext }: Candidate): number {
  return Math.floor(contextLength * shareWithSearches);
}

/**
 * Messages as one candidate can read them: the texts of buckets, whole or the pieces that fit the question best; the text
 * of PDFs where the model cannot read them itself.
 */
export async function fitMessages(
  messages: readonly AskedMessage[],
  { provider, model, contextLength = assumedContext }: Candidate,
  { buckets, documents, owner, own, note }: FitParts,
  signal: AbortSignal,
): Promise<readonly Message[]> {
  const readsPdfs = provider.readsPdfs?.(model) ?? false;
  const parts = messages.flatMap(({ content }) => (Array.isArray(content) ? content : []));
  const named = new Set(parts.filter(isBucket).map(({ bucket_id: id }) => id));
  let bucketsLeft = named.size;
  if (bucketsLeft === 0 && (readsPdfs || !parts.some(isFile))) return messages as readonly Message[];
  const question = own.filter(({ role }) => role === "user").findLast(({ content }) => textOf(content) !== "");
  let tokensLeft = contextLength * readShare - createPromptSize(messages).tokens;

  return mapParallel(messages, 1, async (message): Promise<Message> => {
    const { content } = message;
    if (!Array.isArray(content)) return { ...message, content };
    return { ...message, content: (await mapParallel(content, 1, fitPart)).flat() };
  });

  async function fitPart(part: AskedPart): Promise<readonly Part[]> {
    if (isBucket(part)) return [await fitBucket(part.bucket_id)];
    return isFile(part) && isPdf(part) && !readsPdfs ? documents.read(part, signal) : [part];
  }

  async function fitBucket(bucketId: string): Promise<Part> {
    // Clients send a conversation whole, each question with its bucket.
    if (!named.delete(bucketId)) return { type: "text", text: "(The files of this bucket stand above.)\n" };
    const maxTokens = Math.max(leastTokens, Math.floor(tokensLeft / bucketsLeft--));
    const { text, tokens, shown } = await buckets.readFitting(owner, bucketId, {
      words: textOf(question?.content),
      maxTokens,
    });
    tokensLeft -= tokens;
    if (shown)
      note(
        `bucket ${JSON.stringify(bucketId)}: ${shown.pieces} of ${shown.of} pieces fit ${model}, those that suit the question best`,
      );
    if (text !== "") return { type: "text", text };
    // Some vendors refuse a text that is empty.
    note(
      `bucket ${JSON.stringify(bucketId)} has no documents; its media are named one by one, with bucket_id and name`,
    );
    return { type: "text", text: "(This bucket has no documents.)\n" };
  }
}

function isBucket(part: AskedPart): part is Extract<AskedPart, { bucket_id: string }> {
  return part.type === undefined;
}

function isFile(part: AskedPart): part is FilePart {
  return part.type === "file";
}
