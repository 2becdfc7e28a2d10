/** The cookie that an answer sets, as a browser sends it back; empty where it sets none. */
export function cookieOf({ headers }: Pick<Response, "headers">): string {
  return headers.get("set-cookie")?.split(";")[0] ?? "";
}
