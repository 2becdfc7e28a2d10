import { describe, expect, test } from "bun:test";
import { toSpeech } from "../../src/ui/answer/speech-text.ts";
import { type Attachment, mediumAddress, mediumKind } from "../../src/ui/composer/attachment.ts";
import { adopt, encodeDraft, parseDraft } from "../../src/ui/composer/draft.ts";
import { parameters, parseParameter, showParameter } from "../../src/ui/composer/parameter-table.ts";
import { toQuestion } from "../../src/ui/composer/question.ts";
import { toSent } from "../../src/ui/composer/sent.ts";
import { joinWords, sayFiles } from "../../src/ui/composer/words.ts";

const attachment = (more: Partial<Attachment> = {}): Attachment => ({
  id: "b1",
  name: "a.zip",
  bytes: 100,
  type: "",
  state: "ready",
  progress: 1,
  documents: [],
  media: [],
  skipped: [],
  ...more,
});

describe("a question", () => {
  test("is its words, or its files and then its words", () => {
    expect(toQuestion(" Hello \n", [])).toEqual({ content: "Hello" });
    const files = [
      attachment({ documents: ["a.md", "b.md"], media: [{ name: "c.png" }] }),
      attachment({ id: "b2", state: "failed" }),
    ];
    const parts = [
      { bucket_id: "b1", files: ["a.md", "b.md"] },
      { bucket_id: "b1", name: "c.png" },
    ];
    expect(toQuestion("What is this?", files)).toEqual({
      content: [...parts, { type: "text", text: "What is this?" }],
    });
    expect(toQuestion("", files)).toEqual({ content: parts });
  });

  test("that was sent shows its files, and nothing from another host", () => {
    expect(
      toSent([
        { type: "text", text: "Look" },
        { bucket_id: "b/1", name: "a b.png" },
        { bucket_id: "b1", name: "talk.mp3" },
        { bucket_id: "b1", files: ["report.pdf", 3] },
        { bucket_id: "b1" },
        { type: "image_url", image_url: { url: "https://example.com/a.png" } },
        { type: "image_url", image_url: { url: "//example.com/a.png" } },
        { type: "image_url", image_url: { url: "/media/a.png" } },
        { type: "image_url", image_url: { url: "data:image/svg+xml,<svg/>" } },
        { type: "image_url", image_url: { url: "javascript:alert(1)" } },
        { type: "input_audio", input_audio: { data: "AAAA", format: "wav" } },
        { type: "file", file: { filename: "x.pdf", file_data: "data:," } },
        null,
      ]),
    ).toEqual([
      {
        kind: "picture",
        name: "a b.png",
        address: "/files/b%2F1/media/a%20b.png",
        thumbnail: "/files/b%2F1/thumbnail/a%20b.png",
      },
      {
        kind: "sound",
        name: "talk.mp3",
        address: mediumAddress("b1", "talk.mp3"),
        thumbnail: mediumAddress("b1", "talk.mp3", "thumbnail"),
      },
      { kind: "document", name: "report.pdf" },
      { kind: "document", name: "Documents" },
      { kind: "document", name: "https://example.com/a.png", address: "https://example.com/a.png" },
      { kind: "document", name: "A picture that cannot be shown" },
      { kind: "picture", name: "Picture", address: "/media/a.png" },
      { kind: "document", name: "A picture that cannot be shown" },
      { kind: "document", name: "A picture that cannot be shown" },
      { kind: "sound", name: "Sound (wav)", address: "data:audio/wav;base64,AAAA" },
      { kind: "document", name: "x.pdf" },
    ]);
    expect(toSent("words")).toEqual([]);
  });

  test("is shown also where an import names what can be no address", () => {
    const [sent] = toSent([{ bucket_id: "b\ud800", name: "a\udfff.png" }]);
    expect(sent).toMatchObject({ kind: "picture", address: "/files/b%EF%BF%BD/media/a%EF%BF%BD.png" });
  });

  test.each([
    "/backend-api/v2/create?prompt=a+whole+book",
    "/media/%2e%2e\\backend-api\\v2\\create?prompt=x",
    "/media/../backend-api/v2/synthesize/Any?text=x",
    "\\/example.com/a.png",
    "/\\example.com/a.png",
    "/\t/example.com/a.png",
  ])("asks this server for media alone, and no other at all: %s", (url) => {
    const [sent] = toSent([{ type: "image_url", image_url: { url } }]);
    expect(sent).toEqual({ kind: "document", name: "A picture that cannot be shown" });
  });
});

describe("a draft", () => {
  test("is kept with what has arrived, and not kept where it is empty", () => {
    const kept = encodeDraft({
      text: "Hi",
      attachments: [attachment(), attachment({ state: "sending" })],
      changedAt: 7,
    });
    expect(parseDraft(kept ?? "")).toEqual({ text: "Hi", attachments: [attachment()], changedAt: 7 });
    expect(encodeDraft({ text: "", attachments: [attachment({ state: "failed" })], changedAt: 7 })).toBeUndefined();
  });

  test("of which nothing is understood is none", () => {
    for (const kept of [null, "", "{", "[]", '{"text":1}']) expect(parseDraft(kept)).toBeUndefined();
    expect(parseDraft('{"text":"a","attachments":[{"id":1}]}')).toEqual({ text: "a", attachments: [], changedAt: 0 });
  });

  test("of another tab takes the place of ours, beside what is still on its way here", () => {
    const ours = [attachment(), attachment({ id: "b2", state: "sending" })];
    const theirs = { text: "Theirs", attachments: [attachment({ id: "b3" })], changedAt: 9 };
    const adopted = adopt({ text: "Ours", attachments: ours, changedAt: 8 }, theirs);
    expect([adopted.text, adopted.attachments.map(({ id }) => id)]).toEqual(["Theirs", ["b3", "b2"]]);
  });
});

test("a parameter is what was typed, if it can be one", () => {
  const parse = (name: string, typed: string) => {
    const parameter = parameters.find((each) => each.name === name);
    return parameter && parseParameter(parameter, typed);
  };
  expect([parse("temperature", "0.7"), parse("temperature", "3"), parse("temperature", "warm")]).toEqual([
    0.7,
    undefined,
    undefined,
  ]);
  expect([parse("max_tokens", "100"), parse("max_tokens", "1.5"), parse("seed", "-1")]).toEqual([100, undefined, -1]);
  expect([parse("stop", "a\n\nb"), showParameter(["a", "b"])]).toEqual([["a", "b"], "a\nb"]);
  expect([parse("reasoning_effort", "low"), parse("reasoning_effort", "")]).toEqual(["low", undefined]);
});

test("what was spoken stands apart from the words around it", () => {
  expect(joinWords("Say", "it", ", please")).toBe("Say it, please");
  expect(joinWords("", "it", "")).toBe("it");
  expect(joinWords("Say ", "it", "\nplease")).toBe("Say it\nplease");
});

test("files are told of in words as well", () => {
  const sending = attachment({ state: "sending" });
  expect([[], [sending], [sending, sending], [attachment()]].map(sayFiles)).toEqual([
    "",
    "Sending a file",
    "Sending 2 files",
    "1 file attached",
  ]);
});

test("kinds are told as people say them", () => {
  expect(["a.PNG", "b.mp3", "c.webm", "d.pdf", "png"].map(mediumKind)).toEqual([
    "picture",
    "sound",
    "film",
    undefined,
    undefined,
  ]);
});

describe("an answer that is read aloud", () => {
  test("has no signs of Markdown, no code and no HTML", () => {
    expect(
      toSpeech(
        '# A title\n\nSome **bold** and `code`, a [link](https://example.com) & <b>more</b>.\n\n```js\nalert(1)\n```\n\n- one\n- two\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n<video src="x"></video>\n\n---\n',
      ),
    ).toEqual(["A title.", "Some bold and code, a link & more.", "one. two.", "a, b. 1, 2."]);
    expect(toSpeech("```\ncode alone\n```")).toEqual([]);
  });

  test("that is long is cut between sentences, and one without any between words", () => {
    const long = toSpeech("This is one sentence of a long answer. ".repeat(40));
    expect(long.every((piece) => piece.length <= 400 && piece.endsWith("answer."))).toBe(true);
    expect(long.join(" ")).toBe("This is one sentence of a long answer. ".repeat(40).trim());
    const endless = toSpeech("word ".repeat(300));
    expect(endless.length).toBe(4);
    expect(toSpeech("x".repeat(900)).map((piece) => piece.length)).toEqual([400, 400, 101]);
  });
});
