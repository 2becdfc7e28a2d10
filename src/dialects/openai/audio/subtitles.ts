/** A piece of what was said, with its times in seconds. */
export interface Segment {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** https://en.wikipedia.org/wiki/SubRip#Format */
export function toSrt(segments: readonly Segment[]): string {
  const cues = segments.map((segment, index) => `${index + 1}\n${toCue(segment, ",")}\n\n`);
  return cues.join("");
}

/** https://www.w3.org/TR/webvtt1/ */
export function toVtt(segments: readonly Segment[]): string {
  return `WEBVTT\n\n${segments.map((segment) => `${toCue(segment, ".")}\n\n`).join("")}`;
}

/** An empty line would end it, and an arrow begin another. */
function toCue({ start, end, text }: Segment, point: string): string {
  const said = text.replace(/\s*\n\s*/g, " ").replaceAll("-->", "→");
  return `${toTime(start, point)} --> ${toTime(end, point)}\n${said}`;
}

/** `00:01:02.500` */
function toTime(seconds: number, point: string): string {
  const ms = Math.max(0, Math.round(seconds * 1000));
  const parts = [Math.floor(ms / 3_600_000), Math.floor(ms / 60_000) % 60, Math.floor(ms / 1000) % 60];
  const clock = parts.map((part) => String(part).padStart(2, "0")).join(":");
  return `${clock}${point}${String(ms % 1000).padStart(3, "0")}`;
}
