import { Elysia } from "elysia";
import { answers } from "../http/answers.ts";
import { Voices } from "../protocol/speech.ts";
import type { Services } from "../services.ts";

export function voices({ speeches, transcriber }: Services) {
  return new Elysia({ prefix: "/backend-api/v2" }).get(
    "/voices",
    async () => {
      const [speakers, listeners] = await Promise.all([speeches.listSpeakers(), transcriber.listListeners()]);
      return { speakers: [...speakers], listeners: [...listeners] };
    },
    { response: answers({ 200: Voices }), detail: { summary: "Who can speak a text, and write down a recording" } },
  );
}
