import { createCodeTracker } from "../../lib/code-tracker.ts";
import { type CallFence, createCallFence, isCallLanguage } from "./call-fence.ts";
import { createTagScanner, type TagScanner } from "./call-tag.ts";
import { openTag, parseBareCalls, parseCalls, type TextCall } from "./call-text.ts";

/** What a text holds, in its order. */
export interface CallSink {
  say(text: string): void;
  call(call: TextCall): void;
}

/** In UTF-16 units. A tag or fence that is longer is text. */
export const maxHeld = 1024 * 1024;

export interface CallReader {
  push(text: string): void;
  end(): void;
}

/** Tells calls from text, wherever it is cut; what is a call, `tool-calls.ts` says. */
export function createCallReader(names: ReadonlySet<string>, sink: CallSink, readsFences: boolean): CallReader {
  const code = createCodeTracker();
  let read = readText;
  let held: string[] = [];
  let scanner: TagScanner = createTagScanner(false);
  let fence: CallFence | undefined;
  let isRereading = false;

  return {
    push(text: string): void {
      // Almost every piece: nothing is open, nothing begins.
      if (read === readText && code.isIdle() && !/[<`~]/.test(text)) release(text);
      else feed(text);
    },
    end(): void {
      // Twice, since reading a tag again may leave another one open.
      for (let times = 0; times < 2 && read !== readText; times++) {
        if (read === readTag) leaveTag(scanner.tail);
        else if (read === readFence) leaveFence();
        else release(take());
      }
    },
  };

  function feed(text: string): void {
    // By units rather than characters: a pair may come in two pieces, and the limit must not depend on that.
    for (let i = 0; i < text.length; i++) read(text.charAt(i));
  }

  function readText(character: string): void {
    if (character === "<" && !(code.isLineStart() ? code.isFenced() : code.isInside())) {
      read = readOpening;
      held.push(character);
    } else if (readsFences && character === "`" && code.isLineStart() && !code.isFenced()) {
      read = readFence;
      fence = createCallFence(names);
      readFence(character);
    } else release(character);
  }

  function readOpening(character: string): void {
    if (character !== openTag[held.length]) {
      release(take());
      return readText(character);
    }
    held.push(character);
    if (held.length < openTag.length) return;
    read = readTag;
    scanner = createTagScanner(isRereading);
  }

  function readTag(character: string): void {
    held.push(character);
    const tag = scanner.read(character);
    if (tag !== undefined || held.length >= maxHeld) leaveTag(tag ?? "");
  }

  /** `tag` is what ended it, or the beginning of that: the last of what is held. */
  function leaveTag(tag: string): void {
    const text = take();
    const body = text.slice(openTag.length, text.length - tag.length);
    const calls = parseCalls(body, names);
    if (calls === undefined && scanner.hasHidden) return reread(text);
    if (calls) calls.forEach(sink.call);
    else release(tag === openTag ? openTag + body : text);
    if (tag === openTag) feed(openTag);
  }

  /** Once more, without regard to strings: each character is read at most twice, so that time stays linear. */
  function reread(text: string): void {
    isRereading = true;
    feed(text);
    isRereading = false;
  }

  /** The code tracker goes along, and says where the fence ends. */
  function readFence(character: string): void {
    if (fence?.accepts(character) !== true) {
      sink.say(take());
      return readText(character);
    }
    code.track(character);
    held.push(character);
    if (character === "\n" && !code.isInside()) leaveFence();
    else if (held.length >= maxHeld) sink.say(take());
  }

  function leaveFence(): void {
    const text = take();
    const calls = fence?.language === undefined ? undefined : callsInFence(text, fence.language, names);
    if (calls) calls.forEach(sink.call);
    else sink.say(text);
  }

  function take(): string {
    const text = held.join("");
    held = [];
    read = readText;
    return text;
  }

  function release(text: string): void {
    code.track(text);
    sink.say(text);
  }
}

/** The calls of a fence that holds nothing else; its closing line may be missing. */
function callsInFence(text: string, language: string, names: ReadonlySet<string>): readonly TextCall[] | undefined {
  const first = text.indexOf("\n") + 1;
  const last = text.trimEnd().lastIndexOf("\n");
  const body = text.slice(first, /^`{3,}$/.test(text.slice(last).trim()) ? last : undefined);
  if (!body.includes(openTag)) return isCallLanguage(language) ? parseCalls(body, names) : parseBareCalls(body, names);
  const calls: TextCall[] = [];
  let rest = "";
  const sink: CallSink = { call: (call) => calls.push(call), say: (said) => (rest += said) };
  const reader = createCallReader(names, sink, false);
  reader.push(body);
  reader.end();
  return calls.length > 0 && rest.trim() === "" ? calls : undefined;
}
