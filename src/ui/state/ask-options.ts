import { create } from "zustand";
import { persist } from "zustand/middleware";
import { mergeKept } from "./kept.ts";

/** Whom to ask; nothing named is the router's choice. */
export interface ModelChoice {
  readonly provider?: string | undefined;
  readonly model?: string | undefined;
}

/** How questions are asked, until somebody chooses otherwise; kept in this browser. */
export interface AskOptions {
  readonly choice: ModelChoice;
  /** Asked beside it, where two are compared. */
  readonly rival: ModelChoice | undefined;
  /** `auto`: the model searches by itself. */
  readonly webSearch: boolean | "auto";
  readonly memory: boolean;
  /** The servers whose tools the model may call; those that are always offered, where nobody chose. */
  readonly tools: readonly string[] | undefined;
  readonly system: string;
  /** By their names in a request: `temperature`, `max_tokens`, … */
  readonly parameters: Readonly<Record<string, unknown>>;
}

export const useAskOptions = create<AskOptions>()(
  persist(
    (): AskOptions => ({
      choice: {},
      rival: undefined,
      webSearch: false,
      memory: false,
      tools: undefined,
      system: "",
      parameters: {},
    }),
    { name: "parley-ask", merge: mergeKept },
  ),
);
