import type { Asked } from "../../dialects/asked.ts";
import type { ChatRequest } from "../../protocol/chat.ts";
import { parseChatRequest } from "../../runs/request.ts";
import type { Services } from "../../services.ts";
import { resolveFileIds } from "./file-ids.ts";
import { createFindTarget } from "./target.ts";

/**
 * What is asked as the engine takes it: it is said who is meant, and parts `{type: "file", file: {file_id}}` are what was
 * uploaded under that id.
 *
 * @throws {ApiError} as `parseChatRequest` and `resolveFileIds`
 */
export type ToRequest = (asked: Asked, request: Request) => Promise<ChatRequest>;

export function createToRequest(services: Services): ToRequest {
  const { access, buckets } = services;
  const findTarget = createFindTarget(services);
  return async ({ model, provider, messages, ...asked }, request) => {
    const { owner } = access.caller(request);
    const named = await resolveFileIds(messages, owner, buckets);
    return parseChatRequest({ ...asked, messages: named, ...(await findTarget({ model, provider }, request)) });
  };
}
