import { arrayAt, at, isObject, type JsonObject, textAt } from "../lib/json.ts";
import { cutTo } from "../lib/text.ts";
import { ApiError } from "../protocol/errors.ts";
import { openSession, type Session, type SessionParts } from "./session.ts";
import { readResult, type ToolResult } from "./tool-result.ts";

/** The protocol's version that we ask for, and those that are as good for what we do. */
const newest = "2025-11-25";
const versions: ReadonlySet<string> = new Set([newest, "2025-06-18", "2025-03-26", "2024-11-05"]);

/** A server that we have been introduced to. */
export interface Client extends AsyncDisposable {
  /** All its tools, as far as they can be used. @throws {ApiError}; the reason of `signal` */
  listTools(signal: AbortSignal): Promise<readonly ServerTool[]>;
  /** @throws {ApiError} where it refuses or is gone; the reason of `signal`, of which the server is told */
  call(tool: string, args: JsonObject, signal: AbortSignal, onProgress: (said: string) => void): Promise<ToolResult>;
  /** Whether it is there. @throws as `call` */
  ping(signal: AbortSignal): Promise<void>;
  readonly ended: Promise<string>;
}

/** A tool, as its server tells of it. */
export interface ServerTool {
  readonly name: string;
  readonly title: string | undefined;
  readonly description: string | undefined;
  /** A JSON Schema. */
  readonly parameters: JsonObject;
}

export interface ClientParts extends Omit<SessionParts, "onTold"> {
  /** Of us. */
  readonly version: string;
  readonly onToolsChanged: () => void;
}

/** A server that lists more does not end; arbitrary. */
const maxPages = 50;
const maxTools = 1000;
/** Of a tool's schema, as JSON: each is sent with each question. */
const maxSchemaLength = 32 * 1024;
/** Vendors refuse longer descriptions. */
const maxDescriptionLength = 1024;

/**
 * Opens a session and introduces us.
 * https://modelcontextprotocol.io/specification/2025-11-25/basic/lifecycle
 *
 * @throws {ApiError}; the reason of `signal`. Nothing stays open then
 */
export async function openClient(parts: ClientParts, signal: AbortSignal): Promise<Client> {
  const { name, version, note } = parts;
  const session = openSession({
    ...parts,
    onTold: (method) => {
      if (method === "notifications/tools/list_changed") parts.onToolsChanged();
    },
  });
  try {
    await introduce(session, name, version, signal);
  } catch (thrown) {
    await session[Symbol.asyncDispose]();
    throw thrown;
  }

  return {
    async listTools(signal) {
      const tools = new Map<string, ServerTool>();
      let cursor: string | undefined;
      for (let page = 0; page < maxPages && tools.size < maxTools; page++) {
        const result = await session.ask("tools/list", cursor === undefined ? {} : { cursor }, signal);
        for (const told of arrayAt(result, "tools")) {
          const tool = toTool(told, note);
          if (tool && tools.size < maxTools) tools.set(tool.name, tool);
        }
        cursor = textAt(result, "nextCursor");
        if (cursor === undefined || cursor === "") return [...tools.values()];
      }
      note(`it lists more than ${tools.size} tools: the others are passed over`);
      return [...tools.values()];
    },
    async call(tool, args, signal, onProgress) {
      const result = await session.ask("tools/call", { name: tool, arguments: args }, signal, onProgress);
      if (!isObject(result)) throw new ApiError("upstream_failed", `${name} answered nothing that is a result`);
      return readResult(result);
    },
    async ping(signal) {
      await session.ask("ping", {}, signal);
    },
    ended: session.ended,
    [Symbol.asyncDispose]: () => session[Symbol.asyncDispose](),
  };
}

async function introduce(session: Session, name: string, version: string, signal: AbortSignal): Promise<void> {
  const result = await session.ask(
    "initialize",
    { protocolVersion: newest, capabilities: {}, clientInfo: { name: "parley", title: "Parley", version } },
    signal,
  );
  const agreed = textAt(result, "protocolVersion") ?? "";
  if (!versions.has(agreed))
    throw new ApiError("upstream_failed", `${name} speaks no version of MCP that is known here`);
  session.agreeOn(agreed);
  session.tell("notifications/initialized");
}

function toTool(told: unknown, note: (log: string) => void): ServerTool | undefined {
  const name = textAt(told, "name");
  if (name === undefined || name === "" || name.length > 128) return undefined;
  const schema = at(told, "inputSchema");
  // Vendors refuse a whole question for one tool that does not say that it takes an object.
  const parameters = { properties: {}, ...(isObject(schema) && schema), type: "object" };
  if (JSON.stringify(parameters).length > maxSchemaLength) {
    note(`its tool ${name} is left out: its schema has more than ${maxSchemaLength} characters`);
    return undefined;
  }
  const description = textAt(told, "description");
  return {
    name,
    title: textAt(told, "title") ?? textAt(told, "annotations", "title"),
    description: description && cutTo(description, maxDescriptionLength),
    parameters,
  };
}
