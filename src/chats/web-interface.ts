import { arrayAt, at, isObject, type JsonObject, textAt } from "../lib/json.ts";
import { readMessage } from "./accept.ts";
import {
  digest,
  type ImportedChat,
  type Node,
  toChatId,
  toMetadata,
  toMilliseconds,
  toName,
  toTitle,
  toTree,
  toUsage,
} from "./imported.ts";

/**
 * A chat as the web interfaces of this API save it: `{id, title, items, added, updated}`. Its items have no ids: each gets one
 * of what it says and of those before it, so that a chat which has grown since brings only what is new. An item that says
 * `regenerate` was answered anew: what comes next stands beside it.
 */
export function readWebInterface({ id, title, items, added, updated, ...rest }: JsonObject): ImportedChat {
  const skipped: string[] = [];
  const nodes: Node[] = [];
  const chatId = toChatId(id, [added, arrayAt(items)[0]]);
  let parent: string | null = null;
  for (const [index, item] of arrayAt(items).entries()) {
    const { provider, usage, regenerate, ...said } = isObject(item) ? item : {};
    const message = readMessage(said);
    if (typeof message === "string") {
      skipped.push(`items[${index}]: ${message}`);
      continue;
    }
    const node: string = `msg_${digest(JSON.stringify([chatId, parent, message.role, message.content]))}`;
    nodes.push({
      id: node,
      parent,
      message: {
        ...message,
        provider: toName(textAt(provider, "name") ?? provider),
        model: toName(at(provider, "model")),
        usage: toUsage(usage),
        created_at: toMilliseconds(added),
        updated_at: toMilliseconds(updated ?? added),
      },
    });
    if (regenerate !== true) parent = node;
  }
  return {
    chat: {
      chat_id: chatId,
      title: toTitle(title),
      title_by: toTitle(title) === null ? null : "words",
      created_at: toMilliseconds(added),
      updated_at: toMilliseconds(updated ?? added),
      metadata: toMetadata(rest),
    },
    ...toTree(nodes, nodes.at(-1)?.id ?? null),
    skipped,
  };
}
