import { unwrap } from "../../../client/index.ts";
import { chatRoute } from "../state/chat-route.ts";
import { client } from "../state/client.ts";
import { queries } from "../state/queries.ts";
import { type StoredBranch, toShareDocument } from "./share-document.ts";
import type { ShareInfo } from "../../protocol/shares.ts";

export interface Publication {
  readonly chatId: string;
  /** What is replaced; undefined for a new one. */
  readonly share?: ShareInfo | undefined;
  readonly isLive: boolean;
  /** In seconds, 0 for never; undefined leaves it as it is. */
  readonly expiresIn?: number | undefined;
  /** Only if nobody else has replaced it meanwhile. */
  readonly isCareful?: boolean;
}

/** As many as the page of a share shows. */
const maxMessages = 1000;

/** Publishes the branch of a chat that is shown. @throws {ParleyError} */
export async function publish({ chatId, share, isLive, expiresIn, isCareful = false }: Publication): Promise<void> {
  const branch = await readBranch(chatId);
  const updated = Math.max(Date.parse(branch.updated_at), (share?.updated ?? 0) + 1);
  const document = toShareDocument(branch, { updated, isLive });
  await unwrap(
    client.api.chat({ share_id: share?.share_id ?? createShareId() }).post(document, {
      query: expiresIn === undefined ? {} : { expires_in: String(expiresIn) },
      headers: share && isCareful ? { "if-match": `"${share.updated}"` } : {},
    }),
  );
  await queries.invalidateQueries({ queryKey: ["shares"] });
}

/** @throws {ParleyError} */
export async function takeBack(shareId: string): Promise<void> {
  await unwrap(client.api.chat({ share_id: shareId }).delete());
  await queries.invalidateQueries({ queryKey: ["shares"] });
}

/** From its end to its beginning, page by page. */
async function readBranch(chatId: string): Promise<StoredBranch> {
  const read = (cursor?: string) =>
    unwrap(
      chatRoute(chatId).get({
        query: { path: "current", limit: "500", ...(cursor !== undefined && { cursor }) },
      }),
    );
  const end = await read();
  const messages = [...end.messages];
  let { next } = end;
  while (next !== null && messages.length < maxMessages) {
    const page = await read(next);
    messages.unshift(...page.messages);
    next = page.next;
  }
  return { ...end, messages: messages.slice(-maxMessages) };
}

/** Who does not know it cannot guess it: 144 bits. */
function createShareId(): string {
  return btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(18))))
    .replaceAll("+", "-")
    .replaceAll("/", "_");
}
