/** What there is in place of those parts of others' APIs that are not here, by how their addresses begin. */
const inPlace: readonly (readonly [RegExp, string])[] = [
  [
    /^\/v1\/(assistants|threads|conversations)\b/,
    "POST /v1/responses with previous_response_id goes on with a conversation",
  ],
  [
    /^\/v1\/realtime\b/,
    "POST /v1/audio/transcriptions hears, POST /v1/chat/completions answers, POST /v1/audio/speech speaks",
  ],
  [/^\/v1\/vector_stores\b/, "POST /v1/files keeps files, and a message that names their ids is answered from them"],
  [/^\/v1\/uploads\b/, "POST /v1/files takes a file at once"],
  [/^\/v1\/audio\/translations\b/, "POST /v1/audio/transcriptions writes down, and a model translates"],
  [/^\/v1\/images\/variations\b/, "POST /v1/images/edits makes pictures of pictures"],
  [/^\/v1\/(messages\/)?batches\b/, "batches are not kept: ask one question at a time"],
  [/^\/(upload\/|v1beta\/files\b)/, "inlineData in a question brings a file"],
];

const listed = "; /docs lists what there is";

/** What their APIs are called by, wherever they begin. */
const prefixes = ["", "/v1", "/api"];

/**
 * What somebody may have meant who asks for what is not there: most have `/v1` once too often, or not at all.
 *
 * @returns nothing, or a sentence's end that names it
 */
export function cureFor(path: string, isThere: (path: string) => boolean): string {
  const cure = inPlace.find(([beginning]) => beginning.test(path))?.[1];
  if (cure !== undefined) return `; ${cure}`;
  if (path.startsWith("/backend-api/")) return listed;
  const steps = path.split("/").filter(Boolean);
  const ends = steps.map((_, index) => `/${steps.slice(index).join("/")}`);
  const meant = ends.flatMap((end) => prefixes.map((prefix) => prefix + end)).find(isThere);
  return meant === undefined ? listed : `; ${meant} is there: mind how the base address ends`;
}
