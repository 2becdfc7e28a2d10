import { textAt } from "../../lib/json.ts";
import { ApiError } from "../../protocol/errors.ts";
import { createFraming } from "../framing.ts";
import { maxMadeBytes, type Requests } from "../requests.ts";
import { brokenStream, readUpstream, type UpstreamRequest } from "../upstream.ts";

/**
 * The documents of an answer in batches: its events, or the one document that it is. Many servers pass over `stream` and
 * answer whole; no event begins with a brace.
 *
 * @throws {ApiError} as `readUpstream`, and for a stream that ends before its picture is finished
 */
export async function* readPictures(
  request: UpstreamRequest,
  parse: Requests["parse"],
): AsyncGenerator<readonly unknown[]> {
  const { provider } = request.context;
  const sse = createFraming("sse", provider);
  let whole: ReturnType<typeof createText> | undefined;
  let isBegun = false;
  let isFinished = false;
  const read = (data: string): unknown[] => {
    if (data.startsWith("[DONE]")) return [];
    const document = parse(data);
    isFinished ||= (textAt(document, "type") ?? "").endsWith(".completed");
    return [document];
  };

  try {
    for await (const piece of readUpstream({ ...request, isWhole: () => isFinished })) {
      const first = isBegun ? undefined : piece.find((byte) => byte > 32);
      if (!isBegun && first === undefined) continue;
      if (first === 0x7b) whole = createText(provider);
      isBegun = true;
      if (whole) whole.add(piece);
      else yield sse.push(piece).flatMap(({ data }) => read(data));
    }
    if (whole) return void (yield [parse(whole.end())]);
    yield sse.end().flatMap(({ data }) => read(data));
    if (!isFinished) throw brokenStream(provider);
  } catch (thrown) {
    // Nothing of a finished picture is lost with what was still to be told of it.
    if (!isFinished || request.signal.aborted || !(thrown instanceof ApiError)) throw thrown;
  }
}

function createText(provider: string) {
  const decoder = new TextDecoder();
  const pieces: string[] = [];
  let length = 0;
  return {
    add(piece: Uint8Array): void {
      if ((length += piece.byteLength) > maxMadeBytes)
        throw new ApiError("upstream_failed", `${provider} sent too much`);
      pieces.push(decoder.decode(piece, { stream: true }));
    },
    end: () => pieces.join("") + decoder.decode(),
  };
}
