import OpenAI from "openai";
import type { TestApp } from "./app.ts";
import { makeKey } from "./keys.ts";

/** OpenAI's own client, which asks once. */
export function createOpenai({ origin }: Pick<TestApp, "origin">, apiKey = "none"): OpenAI {
  return new OpenAI({ apiKey, baseURL: `${origin}/v1`, maxRetries: 0 });
}

/** The same, of somebody with a key. */
export async function openClientOf(app: TestApp, owner: string): Promise<OpenAI> {
  return createOpenai(app, (await makeKey(app, owner)).key);
}

/** What a client throws. */
export async function thrownBy(ask: () => Promise<unknown>): Promise<InstanceType<typeof OpenAI.APIError>> {
  try {
    await ask();
  } catch (thrown) {
    if (thrown instanceof OpenAI.APIError) return thrown;
    throw thrown;
  }
  throw new Error("it was not refused");
}

/** The status and code that a client throws with. */
export async function refusalOf(
  ask: () => Promise<unknown>,
): Promise<readonly [number | undefined, string | null | undefined]> {
  const { status, code } = await thrownBy(ask);
  return [status, code];
}
