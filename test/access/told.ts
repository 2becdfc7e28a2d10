import type { Things } from "./things.ts";

/** All of a text that could tell one thing from another: without what names it, and the ids that every answer has anew. */
export function withoutNames(text: string, things: Things): string {
  const names = Object.values(things).filter(({ length }) => length >= 8);
  return names
    .flatMap((name) => [name, encodeURIComponent(name)])
    .reduce((left, name) => left.replaceAll(name, "…"), text)
    .replaceAll(/(?<=[a-z]_)[\w-]{22}\b|(?<=_at":)\d+|T[\d:.]+Z/g, "…");
}

export async function toTold(answer: Response, things: Things): Promise<object> {
  const headers = [...answer.headers].filter(([name]) => !["date", "x-request-id", "content-length"].includes(name));
  return {
    status: answer.status,
    headers: headers.map(([name, value]) => [name, withoutNames(value, things)]),
    body: withoutNames(await answer.text(), things),
  };
}
