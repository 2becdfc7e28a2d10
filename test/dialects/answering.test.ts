import { expect, test } from "bun:test";
import { createAnswering } from "../../src/routes/dialects/answering.ts";
import { createSeveral } from "../../src/routes/dialects/several.ts";
import { openaiChunks, openStage } from "../support/dialect.ts";
import { answer } from "../support/scripted-upstream.ts";

const vendors = [
  ["answers", openaiChunks([{ delta: { content: "Hello" } }, { finish: "stop" }])],
  ["refuses", answer(400, { error: { message: "no" } })],
] as const;

test.each(
  vendors.flatMap(([what, script]) =>
    [1, 2].flatMap((choices) => [true, false].map((isStream) => ({ what, script, choices, isStream }))),
  ),
)(
  "a connection may be idle while it waits, and no longer: $choices choices, stream $isStream, of a vendor who $what",
  async ({ what, script, choices, isStream }) => {
    await using stage = await openStage();
    stage.play(script);
    const several = createSeveral(stage.app.services, createAnswering(stage.app.services));
    const request = new Request("http://localhost/v1/chat/completions", { method: "POST" });
    /** In seconds; 0 for none. */
    const limits: number[] = [];
    const connection = { request, server: { timeout: (_: Request, seconds: number) => void limits.push(seconds) } };
    stage.app.services.access.check(request, "/v1/chat/completions");
    const asked = { model: "m", messages: [{ role: "user", content: "Hello" }] };
    const begun = await several.begin(
      Array.from({ length: choices }, () => asked),
      request,
    );
    const encoder = { encode: () => "said\n", encodeFailure: () => "failed\n" };
    const answering = isStream
      ? several.stream(
          begun,
          begun.map(() => encoder),
          { ...connection, contentType: "text/plain" },
        )
      : several.collect(begun, connection, ({ content }) => content);
    const answered = await answering.then(
      async (whole) => (whole instanceof Response ? await whole.text() : whole.map(({ text }) => text).join("")),
      () => "",
    );
    expect(answered !== "").toBe(what === "answers");
    expect(limits[0]).toBe(0);
    expect(limits.at(-1)).toBe(30);
    // Several are waited for together: whichever is whole first must not end the patience for the others.
    if (!isStream) expect(limits).toEqual([0, 30]);
  },
);
