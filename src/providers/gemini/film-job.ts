import type { ApiError } from "../../protocol/errors.ts";
import type { Usage } from "../../protocol/events.ts";
import type { MediaRequest } from "../media.ts";

/** How a film is ordered, and how one hears of it: pure functions, one set for each of the vendor's two ways. */
export interface FilmJob {
  orderPath(request: MediaRequest): string;
  toOrder(request: MediaRequest): Record<string, unknown>;
  /** Where a job is asked after; `undefined` where the answer names none. */
  jobPath(ordered: unknown): string | undefined;
  /** Where a job is ended, if it can be. */
  cancelPath?(jobPath: string): string;
  read(answer: unknown, provider: string): FilmState;
}

export type FilmState =
  | { readonly type: "going"; readonly status: string }
  | { readonly type: "failed"; readonly failure: ApiError }
  | {
      readonly type: "made";
      readonly films: readonly Film[];
      readonly model?: string | undefined;
      readonly usage?: Partial<Usage> | undefined;
    };

/** A film as the vendor hands it over: in base64, or where it lies. */
export type Film = { readonly mime: string } & ({ readonly base64: string } | { readonly address: string });
