/** Pieces as a stream, each made when the last has been taken; whoever cancels it ends the making. */
export function toByteStream(pieces: AsyncIterable<Uint8Array>): ReadableStream<Uint8Array> {
  const reader = pieces[Symbol.asyncIterator]();
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = await reader.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    async cancel() {
      await reader.return?.();
    },
  });
}

/** Texts as a stream of UTF-8, in the same way. */
export function toTextStream(texts: AsyncIterable<string>): ReadableStream<Uint8Array> {
  return toByteStream(encode(texts));
}

async function* encode(texts: AsyncIterable<string>): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  for await (const text of texts) yield encoder.encode(text);
}
