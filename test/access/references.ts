import type { Things } from "./things.ts";

/** What names something of Ann's in a body. */
export const references: readonly [string, (things: Things) => object][] = [
  ["POST /backend-api/v2/conversation", ({ chat_id }) => ({ chat_id, messages: [{ role: "user", content: "Hi" }] })],
  [
    "POST /backend-api/v2/conversation",
    ({ bucket_id }) => ({ messages: [{ role: "user", content: [{ bucket_id }] }] }),
  ],
  ["POST /v1/responses", ({ id }) => ({ model: "Work/m", input: "Hi", previous_response_id: id })],
  [
    "POST /v1/responses",
    ({ file_id }) => ({ model: "Work/m", input: [{ role: "user", content: [{ type: "input_file", file_id }] }] }),
  ],
  [
    "POST /v1/chat/completions",
    ({ file_id }) => ({
      model: "Work/m",
      messages: [{ role: "user", content: [{ type: "file", file: { file_id } }] }],
    }),
  ],
  ["POST /backend-api/v2/usage", ({ run_id }) => ({ run_id, model: "m", provider: "Work", total_tokens: 1 })],
  ["POST /backend-api/v2/chats", ({ chat_id }) => ({ chat_id })],
  ["POST /mcp", ({ name }) => toRead(`parley://media/${encodeURIComponent(name)}`)],
  ["POST /mcp", ({ bucket_id, document }) => toRead(`parley://files/${bucket_id}/${document}`)],
];

const toRead = (uri: string) => ({ jsonrpc: "2.0", id: 1, method: "resources/read", params: { uri } });
