import icon from "./favicon.svg" with { type: "text" };
import markup from "./index.html" with { type: "text" };
import style from "./page.css" with { type: "text" };
import * as script from "./page.ts" with { type: "text" };

export interface Asset {
  readonly path: string;
  readonly type: string;
  readonly body: string;
}

/** The files of the page. Its script is kept as TypeScript, and stripped of its types when the server starts. */
export function assets(): readonly Asset[] {
  const transpiler = new Bun.Transpiler({ loader: "ts", target: "browser" });
  return [
    { path: "/", type: "text/html; charset=utf-8", body: text(markup) },
    {
      path: "/page.js",
      type: "text/javascript; charset=utf-8",
      body: transpiler.transformSync(text(Reflect.get(script, "default"))),
    },
    { path: "/page.css", type: "text/css; charset=utf-8", body: style },
    { path: "/favicon.svg", type: "image/svg+xml", body: icon },
  ];
}

/** `type: "text"` makes a string of any file; the compiler goes by the file's ending. */
function text(imported: unknown): string {
  return String(imported);
}
