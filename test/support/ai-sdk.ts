import { generateText, streamText } from "ai";

type Asked = Parameters<typeof generateText>[0];

/** What is told of an answer, whichever way it came. @throws what the SDK fails with, or tells of while it streams */
export async function askAiSdk(form: "whole" | "stream", asked: Asked) {
  if (form === "whole") return generateText(asked);
  const errors: unknown[] = [];
  const stream = streamText({ ...asked, onError: ({ error }) => void errors.push(error) });
  await stream.consumeStream();
  if (errors.length > 0) throw errors[0];
  return {
    text: await stream.text,
    reasoningText: await stream.reasoningText,
    usage: await stream.usage,
    finishReason: await stream.finishReason,
    output: "output" in asked ? await stream.output : undefined,
  };
}
