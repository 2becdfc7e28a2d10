import { arrayAt, at, countAt, textAt } from "../../../../src/lib/json.ts";
import { type Answer, type Dialect, linesOf, type Question } from "../dialect.ts";

/** https://github.com/ollama/ollama/blob/main/docs/api.md#generate-a-chat-completion */
export const ollama: Dialect = {
  name: "Ollama",
  ask: (question, isStreamed) => ({ path: "/api/chat", body: { ...toBody(question), stream: isStreamed } }),
  readWhole: (body) => read([body]),
  readStream: (text) => read(linesOf(text)),
  readFailure: (body) => ({ type: undefined, message: textAt(body, "error") }),
  readLateFailure: (text) => ollama.readFailure(linesOf(text).at(-1)),
};

function toBody({ model, system, text, picture, tools, schema, effort, settings, earlier }: Question): object {
  return {
    model,
    messages: [
      ...(system ? [{ role: "system", content: system }] : []),
      { role: "user", content: text, ...(picture && { images: [picture.base64] }) },
      ...(earlier
        ? [
            earlier.said,
            ...earlier.results.map(({ call: { name }, content }) => ({
              role: "tool",
              tool_name: name,
              content: JSON.stringify(content),
            })),
          ]
        : []),
    ],
    ...(tools && {
      tools: tools.map(({ name, description, schema: parameters }) => ({
        type: "function",
        function: { name, description, parameters },
      })),
    }),
    ...(schema && { format: schema }),
    ...(effort && { think: effort }),
    ...(settings && {
      options: {
        temperature: settings.temperature,
        num_predict: settings.maxTokens,
        stop: settings.stop,
        seed: settings.seed,
      },
    }),
  };
}

function read(lines: readonly unknown[]): Answer {
  const messages = lines.map((line) => at(line, "message"));
  const join = (field: string) => messages.map((message) => textAt(message, field) ?? "").join("");
  const calls = messages.flatMap((message) => arrayAt(message, "tool_calls"));
  const last = lines.at(-1);
  const reason = textAt(last, "done_reason");
  const prompt = countAt(last, "prompt_eval_count");
  const completion = countAt(last, "eval_count");
  return {
    text: join("content"),
    reasoning: join("thinking"),
    calls: calls.map((call) => ({
      id: textAt(call, "id"),
      name: textAt(call, "function", "name") ?? "",
      args: at(call, "function", "arguments"),
    })),
    // A call ends as any other answer does.
    finish: reason === "stop" ? (calls.length > 0 ? "calls" : "stop") : reason === "length" ? "length" : "other",
    usage: { ...(prompt !== undefined && { prompt }), ...(completion !== undefined && { completion }) },
    said: {
      role: "assistant",
      content: join("content"),
      thinking: join("thinking"),
      ...(calls.length > 0 && { tool_calls: calls }),
    },
  };
}
