/**
 * The Markdown that answers are written in, and the markup that media of ours come in, as elements. A document is somebody
 * else's: every node is made by itself, its text is text, and addresses are judged before they lead anywhere.
 */
export function toNodes(text: string): Node[] {
  const nodes: Node[] = [];
  const lines = text.split("\n");
  for (let at = 0; at < lines.length;) {
    const line = lines[at] ?? "";
    if (line.trim() === "") at++;
    else {
      const block = blocks.find(({ begins }) => begins.test(line)) ?? paragraph;
      const end = block.end(lines, at);
      nodes.push(block.make(lines.slice(at, end)));
      at = end;
    }
  }
  return nodes;
}

interface Block {
  readonly begins: RegExp;
  /** The line after its last one. */
  end(lines: readonly string[], at: number): number;
  make(lines: readonly string[]): Node;
}

// None of them asks how a line ends: `.` stops at U+2028, and whoever begins with many spaces would have them counted anew
// for each of them.
const fence = /^ {0,3}(`{3,}|~{3,})/;
const heading = /^(#{1,6})\s+/;
const bullet = /^\s*[-*+]\s+/;
const number = /^\s*\d{1,9}[.)]\s+/;
const quote = /^>\s?/;

const blocks: readonly Block[] = [
  {
    begins: fence,
    end(lines, at) {
      const mark = fence.exec(lines[at] ?? "")?.[1] ?? "";
      for (let next = at + 1; next < lines.length; next++) if (lines[next]?.trim().startsWith(mark)) return next + 1;
      return lines.length;
    },
    make(lines) {
      const mark = fence.exec(lines[0] ?? "")?.[1] ?? "";
      const isClosed = lines.length > 1 && (lines.at(-1) ?? "").trim().startsWith(mark);
      const code = element("code", [lines.slice(1, isClosed ? -1 : undefined).join("\n")]);
      return element("pre", [code]);
    },
  },
  {
    begins: heading,
    end: (_, at) => at + 1,
    make([line = ""]) {
      const [before = "", marks = ""] = heading.exec(line) ?? [];
      return element(`h${Math.min(6, marks.length + 2)}`, toInline(line.slice(before.length)));
    },
  },
  ...[bullet, number].map((begins, index): Block => ({
    begins,
    end: (lines, at) => lastOf(lines, at, (line) => begins.test(line) || /^\s+\S/.test(line)),
    make(lines) {
      const items: string[] = [];
      for (const line of lines) {
        if (begins.test(line)) items.push(line.replace(begins, ""));
        else items.push(`${items.pop() ?? ""}\n${line.trim()}`);
      }
      const list = element(
        index === 0 ? "ul" : "ol",
        items.map((item) => element("li", toInline(item))),
      );
      if (list instanceof HTMLOListElement) list.start = Number.parseInt(lines[0]?.trim() ?? "", 10);
      return list;
    },
  })),
  {
    begins: quote,
    end: (lines, at) => lastOf(lines, at, (line) => quote.test(line)),
    make: (lines) => element("blockquote", toInline(lines.map((line) => line.replace(quote, "")).join("\n"))),
  },
];

const paragraph: Block = {
  begins: /^/,
  end: (lines, at) =>
    lastOf(lines, at, (line) => line.trim() !== "" && !blocks.some(({ begins }) => begins.test(line))),
  make: (lines) => element("p", toInline(lines.join("\n"))),
};

/** The line after those that still belong to what begins at one. */
function lastOf(lines: readonly string[], at: number, belongs: (line: string) => boolean): number {
  let end = at + 1;
  while (end < lines.length && belongs(lines[end] ?? "")) end++;
  return end;
}

/**
 * No alternative holds what it begins with, and each is bounded: a text takes time by its length, whatever it is. What is
 * escaped begins nothing.
 */
const inline = new RegExp(
  [
    "(?<escaped>\\\\[\\\\[\\]])",
    "`(?<code>[^`\\n]{1,5000})`",
    "\\*\\*(?<strong>[^*\\n]{1,5000})\\*\\*",
    "\\*(?<em>[^*\\s](?:[^*\\n]{0,2000}[^*\\s])?)\\*",
    "!\\[(?<alt>[^[\\]\\n]{0,1000})\\]\\((?<picture>[^()\\s]{1,2000})\\)",
    // A label in brackets of its own is what answers cite the web by.
    "\\[(?<label>(?:[^[\\]\\\\\\n]|\\\\.){1,1000}|\\[[^[\\]\\n]{1,100}\\])\\]\\((?<target>[^()\\s]{1,2000})\\)",
    '<a href="(?<whole>[^"<>]{1,2000})"[^<>]{0,200}><img src="(?<small>[^"<>]{1,2000})" alt="(?<shows>[^"<>]{0,4000})"[^<>]{0,200}></a>',
    '<video src="(?<video>[^"<>]{1,2000})" controls></video>',
    '<audio controls src="(?<audio>[^"<>]{1,2000})"></audio>',
    "(?<bare>https?://[^\\s<>\"'`()[\\]*]{1,2000})",
  ].join("|"),
  "g",
);

type Groups = Readonly<Record<string, string | undefined>>;

function toInline(text: string): (Node | string)[] {
  const nodes: (Node | string)[] = [];
  let end = 0;
  for (const match of text.matchAll(inline)) {
    nodes.push(text.slice(end, match.index), toNode(match.groups ?? {}, match[0]));
    end = match.index + match[0].length;
  }
  nodes.push(text.slice(end));
  return nodes;
}

function toNode(found: Groups, text: string): Node | string {
  const { escaped, code, strong, em, label, target, bare, alt, picture, whole, small, shows, video, audio } = found;
  if (escaped !== undefined) return text;
  if (code !== undefined) return element("code", [code]);
  if (strong !== undefined) return element("strong", [strong]);
  if (em !== undefined) return element("em", [em]);
  if (picture !== undefined) return toPicture(picture, picture, alt ?? "", text);
  if (whole !== undefined && small !== undefined)
    return toPicture(unescape(whole), unescape(small), unescape(shows ?? ""), text);
  if (video !== undefined) return toPlayer("video", unescape(video), text);
  if (audio !== undefined) return toPlayer("audio", unescape(audio), text);
  return toLink(target ?? bare ?? "", [label?.replace(/\\([\\[\]<])/g, "$1") ?? bare ?? ""], text);
}

const ownMedia = /^\/(?:(?:media|images|thumbnail)\/[^/]+|files\/[^/]+\/(?:media|thumbnail)\/[^/]+)$/;

/** The address of a medium of this server's; of anybody else's nothing is fetched, who would learn who reads this. */
function toOwn(address: string): string | undefined {
  const url = URL.parse(address, location.href);
  return url?.origin === location.origin && ownMedia.test(url.pathname) ? url.pathname : undefined;
}

function toPicture(address: string, smallAddress: string, alt: string, text: string): Node | string {
  const [whole, small] = [toOwn(address), toOwn(smallAddress)];
  if (whole === undefined || small === undefined) return toLink(address, [alt || address], text);
  const image = Object.assign(document.createElement("img"), { src: small, alt, loading: "lazy" });
  return toLink(whole, [image], text);
}

function toPlayer(kind: "video" | "audio", address: string, text: string): Node | string {
  const src = toOwn(address);
  return src === undefined
    ? text
    : Object.assign(document.createElement(kind), { src, controls: true, preload: "none" });
}

/** Where an address would run something, or is none, the text stays text. */
function toLink(address: string, children: readonly (Node | string)[], text: string): Node | string {
  const url = URL.parse(address, location.href);
  if (!url || !["http:", "https:", "mailto:"].includes(url.protocol)) return text;
  const link = element("a", children);
  return Object.assign(link, { href: url.href, target: "_blank", rel: "noopener noreferrer nofollow" });
}

function element(name: string, children: readonly (Node | string)[]): HTMLElement {
  const made = document.createElement(name);
  made.append(...children);
  return made;
}

/** As `Bun.escapeHTML` has it, back. */
function unescape(text: string): string {
  const signs: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', "#x27": "'", "#39": "'" };
  return text.replace(/&(amp|lt|gt|quot|#x27|#39);/g, (whole, name: string) => signs[name] ?? whole);
}
