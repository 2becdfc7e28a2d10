/**
 * The upstream of the soak, a process of its own: OpenAI's chunks, numbered, so that one that is missing is seen. How it
 * answers is the question itself, as JSON (`Asked`).
 */
import { toByteStream } from "../../src/lib/byte-stream.ts";

export interface Asked {
  readonly pieces: number;
  readonly gapMs: number;
  /** Of each piece, beside its number. */
  readonly padding: number;
  /** What becomes of it: refused at once, or cut in the middle. */
  readonly fails?: "refused" | "cut";
}

/** Piece by piece: `0.`, `1.`, …, each with its padding. */
export const toPiece = (index: number, { padding }: Asked) => `${index}.${"x".repeat(padding)}`;

if (import.meta.main) {
  const encoder = new TextEncoder();
  const chunk = (fields: object) => encoder.encode(`data: ${JSON.stringify({ model: "m", ...fields })}\n\n`);
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    idleTimeout: 0,
    development: false,
    async fetch(request) {
      const { messages } = (await request.json()) as { messages: { content: string }[] };
      const asked: Asked = JSON.parse(messages.at(-1)?.content ?? "");
      if (asked.fails === "refused")
        return Response.json({ error: { message: "overloaded", type: "server_error" } }, { status: 500 });
      return new Response(toByteStream(answer(asked)), { headers: { "content-type": "text/event-stream" } });
    },
  });
  process.stdout.write(`${server.port}\n`);

  async function* answer(asked: Asked) {
    for (let index = 0; index < asked.pieces; index++) {
      yield chunk({ choices: [{ index: 0, delta: { content: toPiece(index, asked) }, finish_reason: null }] });
      if (asked.fails === "cut" && index > asked.pieces / 2) throw new Error("cut");
      await Bun.sleep(asked.gapMs);
    }
    yield chunk({ choices: [{ index: 0, delta: {}, finish_reason: "stop" }] });
    yield chunk({ choices: [], usage: { prompt_tokens: 5, completion_tokens: 5, total_tokens: 10 } });
    yield encoder.encode("data: [DONE]\n\n");
  }
}
