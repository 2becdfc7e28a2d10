/**
 * A body that Eden would take for something else: bytes for a text, and a text that looks like a number, or like JSON, for
 * that. Null for JSON and events, which it reads rightly, and for failures.
 */
export async function plainBody(response: Response): Promise<string | Blob | null> {
  const type = response.headers.get("content-type") ?? "";
  if (!response.ok || response.status === 204 || /^(application\/json|text\/event-stream)/.test(type)) {
    // Eden hands over a copy: one that nobody reads would hold all that is read of the other. It ends when both do.
    response.body?.cancel().catch(() => {});
    return null;
  }
  return /^(text\/|application\/x-ndjson)/.test(type) ? response.text() : response.blob();
}
