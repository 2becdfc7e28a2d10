import { type Form, getFile, readForm } from "../http/form.ts";
import { extensionOf } from "../lib/extension.ts";
import { maxRecordingBytes } from "../runs/transcriber.ts";
import type { Services } from "../services.ts";

const maxFieldBytes = 64 * 1024;

/** A recording, and the fields beside it. To be disposed of. @throws {ApiError} as `readForm` */
export function readRecordingForm(request: Request, { scratch }: Services["store"]): Promise<Form> {
  return readForm(request, {
    write: scratch.write,
    // The form around the recording; what is larger still is refused in the recording's own words.
    maxBytes: maxRecordingBytes + 2 * maxFieldBytes,
    maxFieldBytes,
  });
}

/** What was recorded, under a name that tells its kind. @throws {ApiError} as `getFile` */
export function recordingOf(form: Form) {
  const { path, name, type } = getFile(form);
  return {
    sound: Bun.file(path),
    fileName: name === "" || name === "blob" ? `recording.${extensionOf(type)}` : name,
  };
}
