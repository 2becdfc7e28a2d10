import { type FencedBlock, fencedBlocks } from "../../lib/fenced-blocks.ts";
import { tryParseJson } from "../../lib/json.ts";
import { isNo, isYes } from "../../lib/yes-no.ts";
import type { FinishReason } from "../../protocol/events.ts";
import type { RunInfo } from "../../protocol/runs.ts";
import { endMark, type PlainPiece, textOfPieces } from "../plain-answer.ts";
import type { WholeAnswer } from "../plain-read.ts";

/** An answer as a whole, and who gave it; as JSON it is kept. */
export interface QuickAnswer {
  readonly pieces: readonly PlainPiece[];
  /** The addresses of the media in it. */
  readonly media: readonly string[];
  /** Where it leads: it is one medium, and nothing else. */
  readonly target: string | null;
  readonly reason: FinishReason;
  readonly provider: string;
  readonly model: string;
  /** Of the run that gave it; null where it was kept, or is no run's. */
  readonly run_id: string | null;
}

export function toQuickAnswer(
  { pieces, media, hasWords, reason }: WholeAnswer,
  { run_id, provider, model }: RunInfo,
): QuickAnswer {
  const [first, ...others] = media.map(({ address }) => address);
  return {
    pieces,
    media: media.map(({ address }) => address),
    target: !hasWords && first !== undefined && others.length === 0 ? first : null,
    reason,
    provider: provider ?? "",
    model: model ?? "",
    run_id,
  };
}

/** Which block of code of an answer is wanted: the first of one of these languages, or `any`. */
export type BlockFilter = "any" | ReadonlySet<string>;

/** `true`, `json`, or `js,javascript`; `undefined` for all of the answer. */
export function toBlockFilter(asked: string): BlockFilter | undefined {
  if (isNo(asked)) return undefined;
  if (isYes(asked)) return "any";
  return new Set(
    asked
      .toLowerCase()
      .split(",")
      .map((language) => language.trim()),
  );
}

/** What is written of it. */
export function toText({ pieces, reason }: Pick<QuickAnswer, "pieces" | "reason">, filter?: BlockFilter): string {
  const text = filter ? toBlock(pieces, filter) : textOfPieces(pieces);
  return text + endMark(reason, text === "");
}

/** Its first such block; where any would do and there is none, all that it says. */
export function toBlock(pieces: readonly PlainPiece[], filter: BlockFilter): string {
  const text = withoutSources(pieces);
  const isWanted = ({ language }: FencedBlock) => filter === "any" || filter.has(language);
  return fencedBlocks(text).find(isWanted)?.content ?? (filter === "any" ? text : "");
}

/** The JSON in it: its first block that is such, else all of it; `undefined` where there is none. */
export function toJson(pieces: readonly PlainPiece[]): string | undefined {
  const text = withoutSources(pieces);
  const blocks = fencedBlocks(text).filter(({ language }) => language === "json" || language === "");
  const all = [...blocks.map(({ content }) => content), text.trim()];
  return all.find((each) => tryParseJson(each) !== undefined);
}

/** They follow an answer, and are no part of the code in it. */
function withoutSources(pieces: readonly PlainPiece[]): string {
  return textOfPieces(pieces.filter(({ is }) => is !== "sources"));
}
