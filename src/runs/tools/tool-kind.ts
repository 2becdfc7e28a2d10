import type { Message, Tool } from "../../protocol/chat.ts";
import type { EventOf } from "../../protocol/events.ts";
import type { OurCall } from "./call-sorter.ts";

/** Tools of one kind that a model may call by itself within an answer, beside those of its caller. */
export interface ToolKind {
  /** What notes of it begin with. */
  readonly label: string;
  /** In letters that all vendors take, by names that none of them keeps for itself. */
  readonly tools: readonly Tool[];
  /** How often it may be gone back to, within one answer. */
  readonly maxRounds: number;
  /** What people are shown when a turn first calls one of them. */
  readonly status: EventOf<"reasoning">;
  /** What is noted where it is called once more all the same. */
  readonly whySpent: string;
  /** What the model is told with the last that it is given. */
  readonly lastWords: string;
  read(call: OurCall): Wish;
}

/** What a model wants of one of our tools. */
export interface Wish {
  /** What people are shown of it. */
  readonly shown: readonly EventOf<"reasoning">[];
  /** Does it. What fails is told to the model in words. @throws the reason of `signal` */
  grant(parts: WishParts): Promise<Granted>;
}

export interface WishParts {
  readonly signal: AbortSignal;
  /** Shows people how far it is. */
  readonly show: (event: EventOf<"reasoning">) => void;
  /** Whether the model that is told sees pictures. */
  readonly seesPictures: boolean;
}

/** What the model is told: whole with 1, else no more than such a share of it. */
export type Granted = (share: number) => NonNullable<Message["content"]>;
