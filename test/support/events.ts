import { expect } from "bun:test";
import { TypeCompiler } from "@sinclair/typebox/compiler";
import { RunEvent, type ToolCall } from "../../src/protocol/events.ts";

const schema = TypeCompiler.Compile(RunEvent);

/** The events of an answer, read as existing clients read it and held against the contract. */
export async function readEvents(response: Response): Promise<RunEvent[]> {
  expect(response.status).toBe(200);
  expect(response.headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
  const text = await response.text();
  expect(text).not.toContain("\r");
  const messages = readRun(text, response.headers.get("x-run-id") ?? "");
  expect(messages[0]?.seq).toBe(1);
  const events = messages.map(({ event }) => event);
  assertRun(events);
  return events;
}

/** What every run must keep to: each event its schema, the order of the contract, exactly one finish. */
export function assertRun(events: readonly RunEvent[]): void {
  for (const event of events) expect([...schema.Errors(event)], JSON.stringify(event)).toEqual([]);
  const types = events.map(({ type }) => type);
  expect(types.slice(0, 2)).toEqual(["provider", "parameters"]);
  expect(types.filter((type) => type === "finish")).toHaveLength(1);
  const line = types.join(" ");
  expect(line).toMatch(
    /^provider parameters( (reasoning|preview|content|tool_calls|logprobs|provider|conversation|message))*( (error|auth))?( title)?( suggestions)?( usage)? finish( log)*$/,
  );
}

/**
 * Joins neighbouring pieces, so that answers compare whatever they were cut into. Ids that we made become `call_*`, and
 * the second at which a medium was kept `*`.
 */
export function joinPieces(events: readonly RunEvent[]): RunEvent[] {
  const joined: RunEvent[] = [];
  for (const event of structuredClone(events)) {
    const last = joined.at(-1);
    if (event.type === "content" && last?.type === "content" && !event.urls && !last.urls)
      last.content += event.content;
    else if (event.type === "reasoning" && last?.type === "reasoning" && event.token && last.token)
      last.token += event.token;
    else if (event.type === "tool_calls" && last?.type === "tool_calls") joinCalls(last.tool_calls, event.tool_calls);
    else joined.push(event);
  }
  const text = JSON.stringify(joined).replace(/"call_[\w-]{22}"/g, '"call_*"');
  return JSON.parse(text.replace(/(?<=\/(media|thumbnail)\/)\d+_/g, "*_"));
}

function joinCalls(calls: ToolCall[], pieces: readonly ToolCall[]): void {
  for (const piece of pieces) {
    const call = calls.find(({ index }) => index === piece.index);
    if (call) call.function.arguments = (call.function.arguments ?? "") + (piece.function.arguments ?? "");
    else calls.push(piece);
  }
}

export function textOf(events: readonly RunEvent[]): string {
  return events.map((event) => (event.type === "content" ? event.content : "")).join("");
}

export interface RunMessage {
  readonly seq: number;
  readonly event: RunEvent;
}

/** The whole messages of a stream of one run, with their numbers, which must rise by one. */
export function readRun(text: string, runId: string): RunMessage[] {
  const messages = text.split("\n\n").slice(0, -1);
  const read = messages
    .filter((message) => !message.startsWith(":"))
    .map((message) => {
      const [, id, seq, type, data] = /^id: ([^\n]*)\.(\d+)\nevent: (\w+)\ndata: ([^\n]*)$/.exec(message) ?? [];
      const event: RunEvent = JSON.parse(data ?? "");
      expect([id, type]).toEqual([runId, event.type]);
      return { seq: Number(seq), event };
    });
  const [first] = read;
  expect(read.map(({ seq }) => seq)).toEqual(read.map((_, index) => (first?.seq ?? 0) + index));
  return read;
}

export function textOfRun(messages: readonly RunMessage[]): string {
  return textOf(messages.map(({ event }) => event));
}
