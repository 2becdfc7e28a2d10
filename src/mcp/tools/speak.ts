import { Type } from "@sinclair/typebox";
import { maxNameLength } from "../../protocol/chat.ts";
import { ApiError } from "../../protocol/errors.ts";
import { toMediaContent } from "../media-content.ts";
import { createTool } from "../tool.ts";

const Name = (description: string) =>
  Type.Optional(Type.String({ minLength: 1, maxLength: maxNameLength, description }));

const inputSchema = Type.Object({
  text: Type.String({ minLength: 1, maxLength: 10_000, description: "What is to be spoken" }),
  voice: Name("A voice of the provider's, such as alloy; its usual one if not set"),
  model: Name("A model that speaks, or Provider/model; the server's choice if not set"),
  format: Type.Optional(Type.String({ pattern: "^[a-z0-9]{1,16}$", description: "mp3, wav, opus, flac or aac" })),
  speed: Type.Optional(Type.Number({ minimum: 0.25, maximum: 4, description: "1 is as usual" })),
});

export const speak = createTool({
  name: "speak",
  title: "Speak a text",
  description: "Speaks a text with a voice model, which may cost money. Gives the sound, and where it is kept.",
  inputSchema,
  annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: false, openWorldHint: true },
  async call({ text, model: named, ...how }, context) {
    const { parts, caller, signal } = context;
    if (text.trim() === "") throw new ApiError("invalid_request", "text: say what is to be spoken");
    const { provider = "", model } = named === undefined ? {} : await parts.toTarget(named);
    const ask = { provider, text, ...how, ...(model != null && { model }) };
    const spoken = await parts.speeches.start(ask, caller, signal);
    try {
      const about = { owner: caller.owner, model: spoken.model, provider: spoken.provider, prompt: text };
      const row = await parts.library.store.save(spoken.bytes, about);
      return { content: await toMediaContent(row, context) };
    } finally {
      await spoken.bytes.return();
    }
  },
});
