import { lazily } from "../lib/lazily.ts";
import docsStyle from "./docs.css" with { type: "text" };
import docsMarkup from "./docs.html" with { type: "text" };
import * as docsScript from "./docs.ts" with { type: "text" };
import * as docsOperation from "./docs-operation.ts" with { type: "text" };
import * as docsSchema from "./docs-schema.ts" with { type: "text" };
import icon from "./favicon.svg" with { type: "text" };
import markup from "./index.html" with { type: "text" };
import style from "./page.css" with { type: "text" };
import * as script from "./page.ts" with { type: "text" };
import shareStyle from "./share.css" with { type: "text" };
import shareMarkup from "./share.html" with { type: "text" };
import * as shareScript from "./share.ts" with { type: "text" };
import * as shareDocument from "./share-document.ts" with { type: "text" };
import * as shareMarkdown from "./share-markdown.ts" with { type: "text" };
import theme from "./theme.css" with { type: "text" };

export interface Asset {
  readonly path: string;
  readonly type: string;
  readonly body: () => string;
}

const html = "text/html; charset=utf-8";
const css = "text/css; charset=utf-8";

/** The files of the pages. Their scripts are kept as TypeScript, and stripped of their types when they are first asked for. */
export function assets(): readonly Asset[] {
  return [
    { path: "/", type: html, body: () => text(markup) },
    toScript("/page.js", script),
    { path: "/page.css", type: css, body: () => theme + style },
    { path: "/share/:share_id", type: html, body: () => text(shareMarkup) },
    toScript("/share.js", shareScript),
    toScript("/share-document.js", shareDocument),
    toScript("/share-markdown.js", shareMarkdown),
    { path: "/share.css", type: css, body: () => shareStyle },
    { path: "/docs", type: html, body: () => text(docsMarkup) },
    toScript("/docs.js", docsScript),
    toScript("/docs-operation.js", docsOperation),
    toScript("/docs-schema.js", docsSchema),
    { path: "/docs.css", type: css, body: () => theme + docsStyle },
    { path: "/favicon.svg", type: "image/svg+xml", body: () => icon },
  ];
}

function toScript(path: string, module: object): Asset {
  const body = lazily(() => {
    const transpiler = new Bun.Transpiler({ loader: "ts", target: "browser" });
    const stripped = transpiler.transformSync(text(Reflect.get(module, "default")));
    // What is imported is served as what it has become.
    return stripped.replaceAll(/(?<=from "\.\/[\w-]+)\.ts"/g, '.js"');
  });
  return { path, type: "text/javascript; charset=utf-8", body };
}

/** `type: "text"` makes a string of any file; the compiler goes by the file's ending. */
function text(imported: unknown): string {
  return String(imported);
}
