import { Elysia } from "elysia";
import { answers } from "../http/answers.ts";
import { type Connection, unhurried } from "../http/body.ts";
import { content } from "../http/content.ts";
import type { Form } from "../http/form.ts";
import { maxNameLength } from "../protocol/chat.ts";
import { ApiError } from "../protocol/errors.ts";
import { RecordingForm } from "../protocol/forms.ts";
import { Transcript } from "../protocol/speech.ts";
import { parseLanguage } from "../runs/transcriber.ts";
import type { Services } from "../services.ts";
import { readRecordingForm, recordingOf } from "./recording-form.ts";

/** What is said in a recording, which is not kept. */
export function transcribe({ transcriber, access, store }: Services) {
  return new Elysia({ prefix: "/backend-api/v2" }).post(
    "/transcribe",
    ({ request, server }) => write({ request, server }),
    {
      parse: "none",
      body: content<RecordingForm>({ "multipart/form-data": RecordingForm }),
      response: answers({ 200: Transcript }),
      detail: {
        summary: "Writes down what is said in a recording",
        description: "A form with one `file` of at most 25 MiB; `language` and `provider` may be named beside it.",
      },
    },
  );

  async function write(connection: Connection) {
    const { request } = connection;
    const caller = access.caller(request);
    return unhurried(connection, async () => {
      await using form = await readRecordingForm(request, store);
      const recording = {
        ...recordingOf(form),
        language: parseLanguage(findField(form, "language"), "language"),
        provider: findField(form, "provider"),
      };
      const { text } = await transcriber.transcribe(recording, caller, request.signal);
      return { text };
    });
  }
}

/** @throws {ApiError} `invalid_request` where it is too long to be a name */
function findField({ fields }: Form, name: string): string | undefined {
  const value = fields.get(name)?.at(-1)?.trim();
  if (value !== undefined && value.length > maxNameLength)
    throw new ApiError("invalid_request", `${name}: at most ${maxNameLength} characters`);
  return value || undefined;
}
