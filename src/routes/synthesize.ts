import { Type } from "@sinclair/typebox";
import { Elysia } from "elysia";
import { unhurried } from "../http/body.ts";
import { bytes } from "../http/content.ts";
import { answers } from "../http/answers.ts";
import { sandboxed } from "../http/file.ts";
import { AskedByHead } from "../http/head.ts";
import { toAnswererHeaders } from "../http/run-headers.ts";
import { streamSound } from "../http/sound.ts";
import { maxNameLength } from "../protocol/chat.ts";
import { ApiError } from "../protocol/errors.ts";
import type { SpeechAsk } from "../runs/speech.ts";
import type { Services } from "../services.ts";

/** In UTF-16 units. It stands in an address, which holds 16 kB; most vendors take less. */
const maxTextLength = 10_000;
const speeds = { least: 0.25, most: 4 };

/** A week: the same words sound the same. */
const kept = { "cache-control": "private, max-age=604800" };

const Name = Type.Optional(Type.String({ maxLength: maxNameLength }));
const query = Type.Object({
  text: Type.Optional(
    Type.String({
      maxLength: maxTextLength,
      expected: `at most ${maxTextLength} characters to be spoken`,
      needed: true,
    }),
  ),
  model: Name,
  voice: Name,
  format: Type.Optional(Type.String({ pattern: "^[a-z0-9]{1,16}$", expected: "a format such as mp3 or wav" })),
  speed: Type.Optional(Type.String({ pattern: "^\\d{1,3}(\\.\\d{1,6})?$", expected: "a number, such as 1.25" })),
});

/** A text, spoken: an address that a page may play. */
export function synthesize({ speeches, access, log }: Services) {
  return new Elysia({ prefix: "/backend-api/v2" }).get(
    "/synthesize/:provider",
    async ({ params, query, request, server }) => {
      const ask = toAsk(params.provider, query);
      // A vendor would be paid for what nobody hears.
      if (request instanceof AskedByHead) {
        await speeches.check(ask);
        return new Response(null, { headers: kept });
      }
      // A model may take long to begin; how long has limits of its own.
      const { provider, model, ...sound } = await unhurried({ request, server }, () =>
        speeches.start(ask, access.caller(request), request.signal),
      );
      return streamSound(sound, {
        request,
        server,
        log,
        headers: {
          ...kept,
          ...sandboxed,
          ...toAnswererHeaders(provider, model),
        },
      });
    },
    {
      params: Type.Object({ provider: Type.String() }),
      query,
      response: answers({ 200: bytes("audio/*") }),
      detail: {
        summary: "A text, spoken",
        description:
          "The sound as it is made. `AnyProvider` is the first that can speak. What fails later breaks it off.",
      },
    },
  );
}

interface Asked extends Partial<Record<"text" | "model" | "voice" | "format" | "speed", string | undefined>> {}

/** What is empty counts as left out. @throws {ApiError} `invalid_request` */
function toAsk(provider: string, { text = "", model, voice, format, speed }: Asked): SpeechAsk {
  if (text.trim() === "") throw new ApiError("invalid_request", "text: say what is to be spoken");
  const pace = Number(speed || 1);
  if (pace < speeds.least || pace > speeds.most)
    throw new ApiError("invalid_request", `speed: expected a number from ${speeds.least} to ${speeds.most}`);
  return {
    provider,
    text,
    ...(model && { model }),
    ...(voice && { voice }),
    ...(format && { format }),
    ...(speed && { speed: pace }),
  };
}
