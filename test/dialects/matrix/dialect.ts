/** A question, in nobody's form. */
export interface Question {
  /** `Provider/model`. */
  readonly model: string;
  readonly text: string;
  readonly system?: string;
  readonly picture?: Picture;
  readonly tools?: readonly OfferedTool[];
  /** The tool that must be called. */
  readonly forced?: string;
  /** What the answer is to fit, and what that is called. */
  readonly schema?: object;
  readonly schemaName?: string;
  readonly effort?: "low";
  readonly settings?: Settings;
  /** What the model said before, as this API gave it, and the results of the tools that it called. */
  readonly earlier?: { readonly said: unknown; readonly results: readonly Result[] };
}

export interface Settings {
  readonly temperature: number;
  readonly maxTokens: number;
  readonly stop: readonly string[];
  readonly seed: number;
}

export interface Picture {
  readonly mime: string;
  readonly base64: string;
}

export interface OfferedTool {
  readonly name: string;
  readonly description: string;
  readonly schema: object;
}

export interface Result {
  readonly call: Call;
  readonly content: object;
}

export interface Call {
  /** Where the API has one. */
  readonly id?: string | undefined;
  readonly name: string;
  readonly args: unknown;
}

/** What came, in nobody's form. */
export interface Answer {
  readonly text: string;
  readonly reasoning: string;
  readonly calls: readonly Call[];
  readonly finish: "stop" | "length" | "calls" | "other";
  readonly usage: Partial<Numbers>;
  /** What a client sends back as the model's turn. */
  readonly said: unknown;
}

/** Tokens. */
export interface Numbers {
  readonly prompt: number;
  readonly completion: number;
  /** Of the prompt, what the vendor had in its cache; and of the output, what was thought. */
  readonly cached: number;
  readonly reasoning: number;
}

/** What can go wrong before the first word. */
export type FailureKind =
  "rejected" | "unknown key" | "unpaid" | "no model" | "rate limited" | "server error" | "timeout";

/** How a failure looks: the word that this API has for it, and what it says to people. */
export interface Failure {
  readonly type: string | undefined;
  readonly message: string | undefined;
}

/** An API that is asked in, by its documented bytes. To add one: a file in `dialects/`, and a line in `tables.ts`. */
export interface Dialect {
  readonly name: string;
  /** What it calls each failure, where it has words for them. */
  readonly failures?: Readonly<Record<FailureKind, string>>;
  ask(question: Question, isStreamed: boolean): { readonly path: string; readonly body: object };
  readonly headers?: Readonly<Record<string, string>>;
  readWhole(body: unknown): Answer;
  readStream(text: string): Answer;
  readFailure(body: unknown): Failure;
  /** What a stream that had begun well says last. */
  readLateFailure(text: string): Failure;
}

/** The `data:` lines of server-sent events. */
export function eventsOf(text: string): unknown[] {
  return text
    .split(/\r?\n/)
    .filter((line) => line.startsWith("data:") && !line.includes("[DONE]"))
    .map((line) => JSON.parse(line.slice(5)));
}

export function linesOf(text: string): unknown[] {
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line));
}
