import OpenAI from "openai";

/** OpenAI's own client, as it comes, told where we are. It asks once: what fails is what the test is about. */
export function createOpenai(app: { readonly origin: string }, apiKey = "any"): OpenAI {
  return new OpenAI({ baseURL: `${app.origin}/v1`, apiKey, maxRetries: 0 });
}
