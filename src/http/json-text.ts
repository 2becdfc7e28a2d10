/** An answer that is JSON already: what is stored as JSON is not read and written again. */
export function jsonText(text: string, status = 200): Response {
  return new Response(text, { status, headers: { "content-type": "application/json;charset=utf-8" } });
}
