import { type Static, Type } from "@sinclair/typebox";
import { maxNameLength } from "../../protocol/chat.ts";
import { ApiError } from "../../protocol/errors.ts";
import { FinishReason, Usage } from "../../protocol/events.ts";
import { endMark, type PlainPiece } from "../../runs/plain-answer.ts";
import { toText } from "../content.ts";
import { toMediaContents, toOutsideAddress } from "../media-content.ts";
import { runToEnd } from "../run-to-end.ts";
import { createTool, type ToolContext } from "../tool.ts";

/** In characters: what is longer is a file. */
const maxTextLength = 400_000;

const inputSchema = Type.Object({
  prompt: Type.Optional(
    Type.String({ minLength: 1, maxLength: maxTextLength, description: "The question; or messages in its place" }),
  ),
  messages: Type.Optional(
    Type.Array(
      Type.Object({
        role: Type.Union([Type.Literal("system"), Type.Literal("user"), Type.Literal("assistant")]),
        content: Type.String({ maxLength: maxTextLength }),
      }),
      { minItems: 1, maxItems: 1000, description: "A conversation, whose last message is the question" },
    ),
  ),
  model: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: maxNameLength,
      description: "A model's name, Provider/model, or auto; the server's choice if not set",
    }),
  ),
  system: Type.Optional(Type.String({ maxLength: maxTextLength, description: "How the model shall answer" })),
  web_search: Type.Optional(
    Type.Boolean({ default: false, description: "Whether the web is searched for the question first" }),
  ),
  temperature: Type.Optional(Type.Number({ minimum: 0, maximum: 2 })),
  max_tokens: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000 })),
});

const outputSchema = Type.Object({
  text: Type.String(),
  provider: Type.String(),
  model: Type.String(),
  finish_reason: FinishReason,
  usage: Type.Optional(Usage),
  cost: Type.Optional(Type.Number({ description: "US dollars" })),
});

export const askModel = createTool({
  name: "ask_model",
  title: "Ask a model",
  description:
    "Asks another language model and gives its answer: for a second opinion, or for what another model is better at. It may cost money. It knows nothing of this conversation: say all that it needs.",
  inputSchema,
  outputSchema,
  annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: false, openWorldHint: true },
  async call({ prompt, messages, model, system, web_search, ...settings }, context) {
    const target = model === undefined ? {} : await context.parts.toTarget(model);
    const asked = toMessages(prompt, messages);
    const {
      pieces,
      media,
      reason,
      provider,
      model: by,
      usage,
    } = await runToEnd(
      {
        messages: system === undefined ? asked : [{ role: "system", content: system }, ...asked],
        ...target,
        ...settings,
        ...(web_search && { web_search }),
      },
      context,
    );
    const said = await toOutsideText(pieces, context);
    const text = said + endMark(reason, said === "");
    return {
      content: [toText(text), ...(await toMediaContents(media, context))],
      structuredContent: {
        text,
        provider,
        model: by,
        finish_reason: reason,
        ...(usage && { usage: usage.usage }),
        ...(usage?.cost !== undefined && { cost: usage.cost }),
      },
    };
  },
});

type AskedMessages = NonNullable<Static<typeof inputSchema>["messages"]>;

/** @throws {ApiError} `invalid_request` */
function toMessages(prompt: string | undefined, messages: AskedMessages | undefined): AskedMessages {
  if (messages !== undefined && prompt === undefined) return messages;
  if (prompt !== undefined && messages === undefined) return [{ role: "user", content: prompt }];
  throw new ApiError("invalid_request", "the arguments: expected either prompt or messages");
}

/** The lines of media are addresses that lead there from outside. */
async function toOutsideText(pieces: readonly PlainPiece[], context: ToolContext): Promise<string> {
  const texts = pieces.map(async ({ is, text }) => {
    if (is !== "medium") return text;
    const address = text.trim();
    const outside = await toOutsideAddress(address, context);
    return text.replace(address, () => outside);
  });
  return (await Promise.all(texts)).join("");
}
