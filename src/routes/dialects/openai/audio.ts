import { Elysia } from "elysia";
import {
  encodeSpeech,
  encodeSpeechEnd,
  encodeSpeechFailure,
  parseSpeech,
  type SpeechBody,
  toSpeechAsk,
} from "../../../dialects/openai/audio/speech.ts";
import { parseTranscription, writeTranscript } from "../../../dialects/openai/audio/transcription.ts";
import { answers } from "../../../http/answers.ts";
import { type Connection, unhurried } from "../../../http/body.ts";
import { bytes, content } from "../../../http/content.ts";
import { eventStreamHeaders, toEventStream } from "../../../http/event-stream.ts";
import { sandboxed } from "../../../http/file.ts";
import { jsonBody } from "../../../http/json-body.ts";
import { toAnswererHeaders } from "../../../http/run-headers.ts";
import { streamSound } from "../../../http/sound.ts";
import { toApiError } from "../../../protocol/errors.ts";
import { TranscriptionForm } from "../../../protocol/forms.ts";
import type { Spoken } from "../../../runs/speech.ts";
import { parseLanguage } from "../../../runs/transcriber.ts";
import type { Services } from "../../../services.ts";
import { readRecordingForm, recordingOf } from "../../recording-form.ts";
import { createFindTarget } from "../target.ts";
import { theirAnswer } from "../theirs.ts";

/** https://platform.openai.com/docs/api-reference/audio */
export function openaiAudio(services: Services) {
  const { speeches, transcriber, access, store, config, log } = services;
  const findTarget = createFindTarget(services);

  return new Elysia({ prefix: "/v1/audio" })
    .post("/speech", ({ body, request, server }) => speak(body, { request, server }), {
      ...jsonBody(config.max_body, parseSpeech),
      response: answers({ 200: bytes("audio/*", "text/event-stream") }),
      detail: {
        summary: "A text, spoken, as it is made",
        description: "In OpenAI's format: https://platform.openai.com/docs/api-reference/audio/createSpeech",
      },
    })
    .post("/transcriptions", ({ request, server }) => write({ request, server }), {
      parse: "none",
      body: content<TranscriptionForm>({ "multipart/form-data": TranscriptionForm }),
      response: theirAnswer("text/plain", "text/event-stream"),
      detail: {
        summary: "Writes down what is said in a recording",
        description: "In OpenAI's format: https://platform.openai.com/docs/api-reference/audio/createTranscription",
      },
    });

  async function speak(body: SpeechBody, { request, server }: Connection): Promise<Response> {
    const target = await findTarget(body, request);
    // A model may take long to begin; how long has limits of its own.
    const ask = { provider: "", ...target, ...toSpeechAsk(body) };
    const spoken = await unhurried({ request, server }, () =>
      speeches.start(ask, access.caller(request), request.signal),
    );
    const headers = toAnswererHeaders(spoken.provider, spoken.model);
    if (body.stream_format !== "sse")
      return streamSound(spoken, { request, server, log, headers: { ...sandboxed, ...headers } });
    const events = toEventStream(tell(spoken, body.input), {
      request,
      server,
      encode: (event) => event,
      encodeFailure: (thrown) => encodeSpeechFailure(toApiError(thrown)),
    });
    return new Response(events, { headers: { ...eventStreamHeaders, ...headers } });
  }

  async function write(connection: Connection): Promise<Response> {
    const { request } = connection;
    const caller = access.caller(request);
    return unhurried(connection, async () => {
      await using form = await readRecordingForm(request, store);
      const { model, provider, language, prompt, ...wished } = parseTranscription(form.fields);
      const recording = {
        ...recordingOf(form),
        language: parseLanguage(language, "language"),
        prompt,
        ...(await findTarget({ model, provider }, request)),
      };
      const said = await transcriber.transcribe(recording, caller, request.signal);
      const { body, contentType } = writeTranscript(said, wished);
      return new Response(body, {
        headers: { "content-type": contentType, ...toAnswererHeaders(said.provider, said.model) },
      });
    });
  }
}

/** What fails is told in place of the end. */
async function* tell({ bytes }: Spoken, text: string): AsyncGenerator<string> {
  for await (const piece of bytes) yield encodeSpeech(piece);
  yield encodeSpeechEnd(text);
}
