import type { RecordedRequest, Step } from "../../support/scripted-upstream.ts";
import type { Call, FailureKind, Numbers, OfferedTool, Picture, Settings } from "./dialect.ts";

/** What a vendor's model says, in nobody's form. */
export interface Saying {
  readonly text?: string;
  readonly reasoning?: string;
  readonly calls?: readonly { readonly name: string; readonly args: object }[];
  readonly usage?: Numbers;
}

/** What a vendor was asked, read from its own form. */
export interface Heard {
  readonly model: string | undefined;
  readonly system: string;
  readonly text: string;
  readonly picture: Partial<Picture> | undefined;
  readonly tools: readonly OfferedTool[];
  readonly forced: string | undefined;
  readonly schema: unknown;
  readonly schemaName: string | undefined;
  readonly effort: unknown;
  readonly settings: Partial<Settings>;
  readonly calls: readonly Call[];
  readonly results: readonly {
    readonly id?: string | undefined;
    readonly name?: string | undefined;
    readonly content: unknown;
  }[];
  /** What it wants back of its own thinking, where it signs it. */
  readonly signature: string | undefined;
}

/** A vendor's API, by its documented bytes. To add one: a file in `wires/`, and a line in `tables.ts`. */
export interface Wire {
  readonly name: string;
  /** The adapter, as `parley.yaml` names it. */
  readonly type: string;
  readonly model: string;
  /** What it gives its first call, where it gives ids. */
  readonly callId: string | undefined;
  /** What it signs its thinking with before calls, where it does. */
  readonly signature: string | undefined;
  say(saying: Saying): Step[];
  /** The beginning of an answer that says this, without its end. */
  begin(text: string): Step[];
  fail(kind: FailureKind): Step[];
  /** An answer that begins well, and fails. */
  failLate(text: string): Step[];
  hear(body: unknown, request: RecordedRequest): Heard;
}

export const retryAfterSeconds = "7";
/** What a vendor says to people when it fails. */
export const complaint = "This is what is wrong";
