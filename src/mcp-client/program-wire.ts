import { codeOf } from "../lib/error-code.ts";
import { isObject, tryParseJson } from "../lib/json.ts";
import { createLineDecoder } from "../lib/lines.ts";
import { findProgram, openProgram } from "../lib/program.ts";
import { oneLine } from "../lib/text.ts";
import { ApiError } from "../protocol/errors.ts";
import { maxMessageLength, type Wire, type WireParts } from "./wire.ts";

/** A program that speaks MCP. */
export interface ProgramAddress {
  readonly command: string;
  readonly args: readonly string[];
  /** All of its environment. */
  readonly env: Readonly<Record<string, string>>;
}

/** Of what a program writes as errors, in lines, and of each in characters; arbitrary. */
const maxErrorLines = 200;
const maxErrorLength = 500;

/**
 * Starts a program and speaks with it, a message a line.
 * https://modelcontextprotocol.io/specification/2025-11-25/basic/transports#stdio
 *
 * @throws {ApiError} where it cannot be started
 */
export function openProgramWire(
  name: string,
  { command, args, env }: ProgramAddress,
  { receive, note }: WireParts,
): Wire {
  const lines = createLineDecoder(maxMessageLength);
  const errors = createLineDecoder(maxMessageLength);
  let errorsLeft = maxErrorLines;
  let why: string | undefined;
  const program = start();
  const ended = program.ended.then((how) => why ?? how);

  return {
    send: (message) => program.write(`${JSON.stringify(message)}\n`),
    agreeOn() {},
    ended,
    [Symbol.asyncDispose]: () => program[Symbol.asyncDispose](),
  };

  function start() {
    const path = /[/\\]/.test(command) ? command : findProgram(command, env.PATH ?? "");
    if (path === undefined) throw notStarted(`there is no program ${command} in PATH`);
    try {
      return openProgram({ command: [path, ...args], env, onOutput, onError });
    } catch (thrown) {
      const code = codeOf(thrown);
      throw notStarted(
        code === "ENOENT" ? `there is no program ${command}` : `the system says ${code || "no"}`,
        thrown,
      );
    }
  }

  function onOutput(bytes: Uint8Array): void {
    if (why !== undefined) return;
    try {
      for (const line of lines.push(bytes)) if (line.trim() !== "") read(line);
    } catch (thrown) {
      if (!(thrown instanceof RangeError)) throw thrown;
      why = `it sent a message of more than ${maxMessageLength / 1024 / 1024} MB`;
      program.kill();
    }
  }

  function read(line: string): void {
    const message = tryParseJson(line);
    if (isObject(message)) receive(message);
    else note(`what it printed is no message: ${toShown(line)}`);
  }

  function onError(bytes: Uint8Array): void {
    if (errorsLeft <= 0) return;
    try {
      for (const line of errors.push(bytes)) if (line.trim() !== "" && errorsLeft-- > 0) note(toShown(line));
    } catch {
      errorsLeft = 0;
    }
    if (errorsLeft <= 0) note("what else it writes as errors is passed over");
  }

  function notStarted(reason: string, cause?: unknown): ApiError {
    return new ApiError("upstream_failed", `${name} could not be started: ${reason}`, { cause });
  }
}

function toShown(line: string): string {
  return oneLine(line.slice(0, maxErrorLength), maxErrorLength);
}
