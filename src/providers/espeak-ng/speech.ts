import { readProgram } from "../../lib/program.ts";
import type { Semaphore } from "../../lib/semaphore.ts";
import { wavHeader } from "../../lib/wav.ts";
import { ApiError } from "../../protocol/errors.ts";

/** What is to be said, and by which program. */
export interface Saying {
  readonly path: string;
  readonly language: string;
  readonly text: string;
  /** 1 is as usual. */
  readonly speed: number;
  readonly provider: string;
  readonly silenceMs: number;
  /** Holds a place for each process. */
  readonly places: Semaphore;
  readonly signal: AbortSignal;
}

/** Most that may come of one text, in bytes: three hours. */
const maxBytes = 512 * 1024 * 1024;

/** Words a minute: the usual number, and what the program does not go beyond. */
const pace = { usual: 175, least: 80, most: 450 };

/**
 * A WAV file, as it is spoken. Its head says that its length is not known; the program's own says two gigabytes.
 *
 * @throws {ApiError} `rate_limited`, `upstream_failed`, `upstream_timeout`; the signal's reason
 */
export async function* say(saying: Saying): AsyncGenerator<Uint8Array> {
  const { path, language, text, speed, provider, silenceMs, places, signal } = saying;
  const leave = await places.enter(signal);
  if (!leave)
    throw new ApiError("rate_limited", `${provider} speaks to many others already; try again in a moment`, {
      retryAfterMs: 1000,
      // It is as well as ever.
      isHearsay: true,
    });
  const rate = Math.round(Math.min(pace.most, Math.max(pace.least, pace.usual * speed)));
  const pieces = readProgram({
    command: [path, "-b", "1", "-v", language, "-s", String(rate), "--stdin", "--stdout"],
    input: toPlainText(text),
    signal,
    silenceMs,
    toFailure: () => new ApiError("upstream_timeout", `${provider} fell silent for ${silenceMs / 1000} s`),
    onExit: leave,
  });
  yield* write(pieces, provider);
}

async function* write(pieces: AsyncGenerator<Uint8Array, number>, provider: string): AsyncGenerator<Uint8Array> {
  let head = new Uint8Array();
  let length = 0;
  try {
    for (let next = await pieces.next(); ; next = await pieces.next()) {
      if (next.done) {
        if (next.value !== 0) throw new ApiError("upstream_failed", `${provider} broke off before its end`);
        return;
      }
      length += next.value.byteLength;
      if (length > maxBytes) throw new ApiError("upstream_failed", `${provider} would speak for more than three hours`);
      if (head.byteLength >= headBytes) {
        yield next.value;
        continue;
      }
      head = Buffer.concat([head, next.value]);
      if (head.byteLength >= headBytes) yield withOpenHead(head, provider);
    }
  } finally {
    await pieces.return(0);
  }
}

const headBytes = 44;

function withOpenHead(bytes: Uint8Array, provider: string): Uint8Array {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, headBytes);
  const isWav = head.toString("latin1", 0, 4) === "RIFF" && head.toString("latin1", 36, 40) === "data";
  if (!isWav) throw new ApiError("upstream_failed", `${provider} gave something that is no sound`);
  return Buffer.concat([wavHeader(head.readUInt32LE(24), head.readUInt16LE(22)), bytes.subarray(headBytes)]);
}

/**
 * Text and nothing else. For the program a control character begins a command, NUL ends the text, and `[[` and `]]`
 * enclose phonemes; it reads marks of SSML as text by itself.
 */
function toPlainText(text: string): string {
  return text
    .toWellFormed()
    .replace(/[^\P{Cc}\n\t]/gu, " ")
    .replace(/\[(?=\[)/g, "[ ");
}
