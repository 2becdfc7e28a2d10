import { ApiError } from "../protocol/errors.ts";

/** What a host answered in place of a page. */
export class PageRefusal extends ApiError {
  /** Its status, from 300 on. */
  readonly answered: number;

  constructor(host: string, answered: number) {
    super("fetch_failed", `${host} answered ${answered}`);
    this.answered = answered;
  }
}
