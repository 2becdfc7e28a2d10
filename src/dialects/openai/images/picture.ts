import type { EventOf, Usage } from "../../../protocol/events.ts";

/** A picture of an answer: its bytes, or where it lies. */
export interface Picture {
  readonly base64?: string;
  readonly url?: string;
  /** `png`, `jpeg`, `webp`. */
  readonly format?: string;
  /** `1536x1024`, where it is known. */
  readonly size?: string;
  /** What it was made of, where that is not what was asked for. */
  readonly revisedPrompt?: string;
}

/** The pictures of a piece of an answer, whose addresses hold their bytes unless they are to be told as they are. */
export function toPictures({ content, urls = [], alt = "" }: EventOf<"content">, prompt: string): Picture[] {
  const [, width, height] = /data-width="(\d+)" data-height="(\d+)"/.exec(content) ?? [];
  const about = {
    ...(width !== undefined && height !== undefined && { size: `${width}x${height}` }),
    ...(alt !== "" && alt !== prompt.trim() && { revisedPrompt: alt }),
  };
  return urls.map((url) => ({ ...toSource(url), ...about }));
}

/** A picture that is not finished. */
export function toPartial({ urls }: EventOf<"preview">): Picture | undefined {
  const [url] = [urls ?? []].flat();
  return url === undefined ? undefined : toSource(url);
}

function toSource(url: string): Picture {
  const [, format, base64] = /^data:image\/([\w+]+);base64,(.*)$/s.exec(url) ?? [];
  return format === undefined || base64 === undefined ? { url } : { base64, format };
}

/** What was counted; nothing where it would be a guess. Of pictures to work on nobody tells how many tokens they were. */
export function toPictureUsage(usage: Usage | undefined, hasInputs: boolean): object {
  if (!usage || usage.estimated) return {};
  const { prompt_tokens: input_tokens, completion_tokens: output_tokens, total_tokens } = usage;
  const details = { input_tokens_details: { text_tokens: input_tokens, image_tokens: 0 } };
  return { usage: { input_tokens, output_tokens, total_tokens, ...(!hasInputs && details) } };
}

/** https://platform.openai.com/docs/api-reference/images/object */
export function toImagesAnswer(pictures: readonly Picture[], usage: object, created: number): object {
  const [{ size, format: output_format } = {}] = pictures;
  return {
    created,
    data: pictures.map(({ base64, url, revisedPrompt }) => ({
      ...(base64 === undefined ? { url } : { b64_json: base64 }),
      ...(revisedPrompt !== undefined && { revised_prompt: revisedPrompt }),
    })),
    ...(size && { size }),
    ...(output_format && { output_format }),
    ...usage,
  };
}
