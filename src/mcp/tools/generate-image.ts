import { Type } from "@sinclair/typebox";
import { maxNameLength } from "../../protocol/chat.ts";
import { ApiError } from "../../protocol/errors.ts";
import { textOfPieces } from "../../runs/plain-answer.ts";
import { oneLine } from "../../lib/text.ts";
import { toMediaContents } from "../media-content.ts";
import { runToEnd } from "../run-to-end.ts";
import { createTool, type ToolContext } from "../tool.ts";
import type { Target } from "../parts.ts";

const inputSchema = Type.Object({
  prompt: Type.String({ minLength: 1, maxLength: 32_000, description: "What the picture shall show" }),
  model: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: maxNameLength,
      description: "A model that makes pictures, or Provider/model; the server's choice if not set",
    }),
  ),
  size: Type.Optional(
    Type.String({ pattern: "^[1-9]\\d{1,4}x[1-9]\\d{1,4}$", description: "Width and height in pixels: 1024x1536" }),
  ),
  aspect_ratio: Type.Optional(
    Type.String({ pattern: "^[1-9]\\d?:[1-9]\\d?$", description: "16:9; of use without size alone" }),
  ),
  n: Type.Optional(Type.Integer({ minimum: 1, maximum: 4, default: 1, description: "How many pictures" })),
  negative_prompt: Type.Optional(Type.String({ maxLength: 4000, description: "What it shall not show" })),
  seed: Type.Optional(Type.Integer({ minimum: 0, maximum: 2 ** 31 - 1 })),
});

export const generateImage = createTool({
  name: "generate_image",
  title: "Make a picture",
  description:
    "Makes a picture from words with an image model, which may cost money and take a minute. Gives the picture, and where it is kept.",
  inputSchema,
  annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: false, openWorldHint: true },
  async call({ prompt, model, size, ...settings }, context) {
    const target = await toTarget(model, context);
    const answer = await runToEnd(
      {
        messages: [{ role: "user", content: prompt }],
        ...target,
        ...settings,
        ...(size !== undefined && { resolution: size }),
      },
      context,
    );
    if (answer.media.length === 0) {
      const said = oneLine(textOfPieces(answer.pieces), 300);
      throw new ApiError("no_media", `${answer.model} made no picture${said === "" ? "" : `; it said: ${said}`}`);
    }
    return { content: await toMediaContents(answer.media, context) };
  },
});

/** @throws {ApiError} `not_offered` */
async function toTarget(model: string | undefined, { parts }: ToolContext): Promise<Target> {
  const target = model === undefined ? await parts.findPainter() : await parts.toTarget(model);
  if (target) return target;
  throw new ApiError("not_offered", "no provider that is set up on this server lists a model that makes pictures");
}
