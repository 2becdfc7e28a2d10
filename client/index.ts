export { createClient, type Client, type ClientOptions } from "./client.ts";
export type { Answer } from "./answer.ts";
export { ParleyError } from "./errors.ts";
export type { ChatRequest } from "../src/protocol/chat.ts";
export type { EventOf, RunEvent, Usage } from "../src/protocol/events.ts";
