import { ApiError } from "../../../protocol/errors.ts";
import type { RunEvent, Usage } from "../../../protocol/events.ts";
import { fromFailureEvent } from "../../../protocol/failure-event.ts";
import type { Encoder } from "../../encoder.ts";
import { toOpenaiFailure } from "../../failures.ts";
import { type Picture, toPartial, toPictures, toPictureUsage } from "./picture.ts";

export interface ImagesEncoderOptions {
  readonly prompt: string;
  /** `image_generation` or `image_edit`: what the types of events begin with. */
  readonly type: string;
  /** Most partial pictures to tell. */
  readonly maxPartials: number;
  /** Seconds since 1970. */
  readonly created: number;
  readonly hasInputs: boolean;
}

/**
 * https://platform.openai.com/docs/api-reference/images-streaming. What a picture took is known after it: so finished ones
 * are told with the end of the answer.
 */
export function createImagesEncoder(options: ImagesEncoderOptions): Encoder {
  const { prompt, type, maxPartials, created, hasInputs } = options;
  const finished: Picture[] = [];
  let partials = 0;
  let usage: Usage | undefined;
  let hasFailed = false;

  return {
    encode: (events) => events.map(({ event }) => say(event)).join(""),
    encodeFailure: sayFailure,
  };

  function say(event: RunEvent): string {
    switch (event.type) {
      case "preview": {
        const partial = partials < maxPartials ? toPartial(event) : undefined;
        return partial ? toEvent("partial_image", partial, { partial_image_index: partials++ }) : "";
      }
      case "content":
        finished.push(...toPictures(event, prompt));
        return "";
      case "usage":
        usage = event.usage;
        return "";
      case "error":
      case "auth":
        return sayFailure(fromFailureEvent(event));
      case "finish":
        return hasFailed ? "" : sayEnd();
      default:
        return "";
    }
  }

  function sayEnd(): string {
    if (finished.length === 0) return sayFailure(noPicture());
    const counted = toPictureUsage(usage, hasInputs);
    return finished.map((picture, at) => toEvent("completed", picture, at === 0 ? counted : {})).join("");
  }

  function sayFailure(failure: ApiError): string {
    hasFailed = true;
    return `event: error\ndata: ${JSON.stringify(toOpenaiFailure(failure))}\n\n`;
  }

  function toEvent(kind: string, { base64, url, size = "auto", format }: Picture, more: object): string {
    const document = {
      type: `${type}.${kind}`,
      ...(base64 === undefined ? { url } : { b64_json: base64 }),
      ...more,
      created_at: created,
      size,
      ...(format && { output_format: format }),
      quality: "auto",
      background: "auto",
    };
    return `event: ${document.type}\ndata: ${JSON.stringify(document)}\n\n`;
  }
}

export function noPicture(): ApiError {
  return new ApiError("no_media", "the model answered without a picture: name one that makes pictures in model");
}
