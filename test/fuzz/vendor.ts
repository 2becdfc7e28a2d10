import {
  answer,
  openaiText,
  openUpstream,
  type RecordedRequest,
  type ScriptedUpstream,
  type Step,
} from "../support/scripted-upstream.ts";
import { pngOf } from "../support/pictures.ts";

/** A vendor that mostly answers well, and now and then in one of the ways in which vendors do not. */
export function openVendor(): ScriptedUpstream {
  let asked = 0;
  const upstream = openUpstream((request) => {
    // All that it was asked would be kept for as long as it is there.
    (upstream.requests as RecordedRequest[]).length = 0;
    asked++;
    return asked % 6 === 0 ? (failures[(asked / 6) % failures.length] ?? []) : rightAnswer(request);
  });
  return upstream;
}

function rightAnswer({ path, body }: RecordedRequest): readonly Step[] {
  if (path.includes("/chat/completions")) return openaiText("Hello ", "<think>so</think>", "```json\n{}\n```");
  if (path.includes("/embeddings")) return answer(200, { data: [{ index: 0, embedding: [0.1, 0.2] }], usage: {} });
  if (path.includes("/images")) return answer(200, { data: [{ b64_json: pngOf(body.length).toString("base64") }] });
  if (path.includes("/audio/speech")) return answer(200, "RIFF", { "content-type": "audio/wav" });
  if (path.includes("/audio/transcriptions")) return answer(200, { text: "Hello" });
  if (path.includes("/models")) return answer(200, { data: [{ id: "m" }, { id: "image-m" }] });
  return answer(200, {});
}

const failures: readonly (readonly Step[])[] = [
  answer(500, { error: { message: "no" } }),
  answer(429, { error: { message: "slow down", code: 1 } }, { "retry-after": "soon" }),
  answer(401, { error: "key" }),
  answer(200, "<html>"),
  answer(200, [null]),
  answer(200, { choices: null, data: "x", content: 1, error: [] }),
  answer(404, {}),
  answer(302, "", { location: "http://127.0.0.1:1/" }),
  ["reset"],
  ['HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\ndata: {"choices":[{"delta":{"content":"a', "close"],
  [
    'HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\ndata: [1]\n\ndata: null\n\ndata: {"choices":[{"index":-1}]}\n\n',
    "close",
  ],
];
