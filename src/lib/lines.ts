/** Most that we hold of a line or a message, in characters: room for a picture as base64, not for an endless one. */
export const maxHeldLength = 64 * 1024 * 1024;

export interface LineDecoder {
  /** The lines that `bytes` completes, without their ends. */
  push(bytes: Uint8Array): string[];
  /** What came after the last line end. */
  end(): string;
}

/** Splits UTF-8 bytes, cut anywhere, into lines ended by LF, CRLF or CR. @throws {RangeError} on an endless line. */
export function createLineDecoder(maxLength = maxHeldLength): LineDecoder {
  const decoder = new TextDecoder();
  // A long line arrives in many pieces: they are joined once, when its end comes.
  let held: string[] = [];
  let heldLength = 0;
  let afterCr = false;

  return {
    push(bytes) {
      let text = decoder.decode(bytes, { stream: true });
      if (afterCr && text !== "") {
        if (text.startsWith("\n")) text = text.slice(1);
        afterCr = false;
      }
      if (text.includes("\r")) {
        afterCr = text.endsWith("\r");
        text = text.replace(/\r\n?/g, "\n");
      }
      const last = text.lastIndexOf("\n");
      if (last === -1) {
        hold(text);
        return [];
      }
      const lines = (release() + text.slice(0, last)).split("\n");
      hold(text.slice(last + 1));
      return lines;
    },
    end: () => release() + decoder.decode(),
  };

  function hold(text: string): void {
    if (text === "") return;
    heldLength += text.length;
    if (heldLength > maxLength) throw new RangeError(`a line of more than ${maxLength} characters`);
    held.push(text);
  }

  function release(): string {
    const text = held.join("");
    held = [];
    heldLength = 0;
    return text;
  }
}
