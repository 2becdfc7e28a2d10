import { createRedactor, type Secrets, withoutSecrets } from "./redactor.ts";

export const logLevels = ["debug", "info", "warn", "error", "silent"] as const;
export type LogLevel = (typeof logLevels)[number];

/** Named values beside a message; `error` may be anything thrown. */
export type LogFields = Readonly<Record<string, unknown>>;

export interface Log {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

export interface LogOptions {
  readonly level: LogLevel;
  /** Values that must never be seen: they are struck out wherever they occur. */
  readonly secrets: Secrets;
  /** Readable lines for a person, else one JSON object a line. */
  readonly pretty: boolean;
  readonly write?: (line: string) => void;
}

/** A log on standard error. */
export function createLog({ level, secrets, pretty, write = createErrorWriter() }: LogOptions): Log {
  const least = logLevels.indexOf(level);
  const redact = createRedactor(secrets);
  const toLine = pretty ? prettyLine : jsonLine;
  const log =
    (at: LogLevel) =>
    (message: string, fields: LogFields = {}) => {
      if (logLevels.indexOf(at) < least) return;
      write(toLine(at, message, fields, redact));
    };
  return { debug: log("debug"), info: log("info"), warn: log("warn"), error: log("error") };
}

type Redact = (text: string) => string;

/** Writes an answer of the command line to standard output. */
export function print(text: string): void {
  process.stdout.write(process.stdout.isTTY ? harmless(text) : text);
}

/** A terminal does as control characters say, and what is shown may be a stranger's: a model's, or a page's. */
function harmless(text: string): string {
  return text.replace(/[^\P{Cc}\n\t]/gu, "");
}

/** Calls back when nothing more can be written: nobody reads any more, as `head` once it has enough (EPIPE), or a disk is full. */
export function onOutputClosed(listener: (code: string | undefined) => void): void {
  process.stdout.on("error", ({ code }: NodeJS.ErrnoException) => listener(code));
}

/**
 * Lets go of what cannot be written to standard error, on a full disk or to nobody: each line of the log about that would
 * fail in turn, and so on without an end.
 */
export function forgiveUnreadLog(): void {
  process.stderr.on("error", () => {});
}

/** Writes what is beside an answer where a person watches: faintly, where the terminal shows colours. */
export function printAside(text: string): void {
  if (!process.stderr.isTTY) return;
  process.stderr.write(isColourful(process.stderr) ? `\x1b[2m${harmless(text)}\x1b[22m` : harmless(text));
}

/** Writes how far something is over what was said of that before, where a person watches. */
export function printProgress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r${harmless(text)}`);
}

/** What came of a look at something. */
export type Mark = "ok" | "warn" | "fail" | "skip";

const signs: Readonly<Record<Mark, string>> = {
  ok: "\x1b[32m✓\x1b[39m",
  warn: "\x1b[33m!\x1b[39m",
  fail: "\x1b[31m✗\x1b[39m",
  skip: "\x1b[2m–\x1b[22m",
};

/** Writes a line to standard output with a coloured sign before it; with the word where there are no colours. */
export function printMarked(mark: Mark, line: string): void {
  const isShown = isColourful(process.stdout);
  process.stdout.write(`${isShown ? signs[mark] : mark.padEnd(4)} ${process.stdout.isTTY ? harmless(line) : line}\n`);
}

/** A terminal that takes colours. The system's own answer heeds NO_COLOR, FORCE_COLOR and TERM=dumb. */
function isColourful(stream: NodeJS.WriteStream): boolean {
  return stream.isTTY && stream.hasColors();
}

/** Has a terminal say where what is pasted begins and ends: else its lines are as if typed, one after the other. */
export function markPasted(isMarked: boolean): void {
  if (process.stdout.isTTY) process.stdout.write(isMarked ? "\x1b[?2004h" : "\x1b[?2004l");
}

/** Writes a notice of the command line to standard error. */
export function printError(text: string): void {
  process.stderr.write(process.stderr.isTTY ? harmless(text) : text);
}

/** Struck out of each value: a secret may be a word of the line itself, or digits of a number, and it must stay JSON. */
function jsonLine(level: LogLevel, message: string, fields: LogFields, redact: Redact): string {
  // The names of the line itself are ours.
  const told = JSON.stringify({ message, ...plain(fields) }, (name, value: unknown) =>
    name === "" ? value : withoutSecrets(value, redact),
  );
  return withoutControls(`{"time":"${new Date().toISOString()}","level":"${level}",${told.slice(1)}`);
}

/** An error's further lines are set in, so that none of them can pass for a line of the log. */
function prettyLine(level: LogLevel, message: string, fields: LogFields, redact: Redact): string {
  const rest = Object.entries(fields).flatMap(([name, value]) => {
    if (value === undefined) return [];
    const shown = plainValue(value);
    const text = typeof shown === "string" ? shown : JSON.stringify(shown);
    const lines = value instanceof Error ? text.split("\n") : [text];
    return `${withoutControls(name)}=${lines.map(withoutControls).join("\n    ")}`;
  });
  const words = withoutControls(message);
  return redact([new Date().toLocaleTimeString("en-GB"), level.toUpperCase().padEnd(5), words, ...rest].join(" "));
}

/**
 * A terminal does as control characters say, shows text in the order that marks of direction name, and begins a new line at
 * each of five characters: so a value that a stranger chose could write lines of its own.
 */
function withoutControls(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, (each) => {
    const escaped = JSON.stringify(each).slice(1, -1);
    return escaped === each ? `\\u${each.charCodeAt(0).toString(16).padStart(4, "0")}` : escaped;
  });
}

function plain(fields: LogFields): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, plainValue(value)]));
}

function plainValue(value: unknown): unknown {
  if (!(value instanceof Error)) return value;
  const cause = value.cause === undefined ? "" : ` (cause: ${String(plainValue(value.cause))})`;
  return (value.stack ?? String(value)) + cause;
}

/** Of lines that a pipe has not taken: Bun keeps them all in memory, and whoever is to read them may stand still. Arbitrary. */
const maxUnwrittenBytes = 4 * 1024 * 1024;

/** Writes lines to standard error; those that come while too much waits are left out, and counted. */
function createErrorWriter(): (line: string) => void {
  let unwritten = 0;
  let leftOut = 0;

  return (line) => {
    if (unwritten > maxUnwrittenBytes) return void leftOut++;
    if (leftOut > 0) write(`${leftOut} lines of the log were left out: nobody read it`);
    leftOut = 0;
    write(line);
  };

  function write(line: string): void {
    const bytes = line.length + 1;
    unwritten += bytes;
    process.stderr.write(`${line}\n`, () => void (unwritten -= bytes));
  }
}
