import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { gzipSync } from "node:zlib";
import { adapters } from "../../src/providers/registry.ts";
import { openApp, providerYaml } from "../support/app.ts";
import { assertRun, joinPieces, readEvents } from "../support/events.ts";
import { cutAt, type Fixture, messageEnds, readFixtures } from "../support/fixtures.ts";
import { lastChunk, openUpstream, type Step, toChunk } from "../support/scripted-upstream.ts";

const fixtures = readFixtures();

type Plays = readonly (readonly Step[])[];
type Check = (events: Awaited<ReturnType<typeof readEvents>>, play: number) => void;

/** A server whose one provider plays a fixture. */
async function openStage({ provider, settings, request }: Fixture) {
  let plays: Plays = [];
  let play = 0;
  const upstream = openUpstream(() => plays[play] ?? []);
  const app = await openApp({
    yaml: providerYaml({ name: provider, type: provider, origin: upstream.origin, settings }),
  });
  return {
    /** Plays it in each of these ways, one after the other, hands over what comes out, and gives what was asked for it. */
    async playEach(ways: Plays, check: Check) {
      const before = upstream.requests.length;
      plays = ways;
      for (play = 0; play < plays.length; play++)
        check(await readEvents(await app.post({ provider, ...request })), play);
      return upstream.requests.slice(before);
    },
    async [Symbol.asyncDispose]() {
      await app[Symbol.asyncDispose]();
      upstream[Symbol.dispose]();
    },
  };
}

function inPieces({ head, body }: Fixture, offsets: readonly number[]): Step[] {
  return [`${head}\r\ntransfer-encoding: chunked\r\n\r\n`, ...cutAt(body, offsets).map(toChunk), lastChunk];
}

/** Some places, off the beat of its messages. */
function sampledOffsets({ body }: Fixture): number[] {
  const stride = Math.max(1, Math.floor(body.byteLength / 16));
  return Array.from({ length: Math.min(16, body.byteLength - 1) }, (_, index) => 1 + index * stride);
}

test("every listed adapter with a wire of its own has fixtures", () => {
  const covered = new Set(fixtures.map(({ provider }) => provider));
  for (const provider of ["openai", "anthropic", "gemini", "ollama"]) {
    expect(covered).toContain(provider);
    expect(adapters.map(({ name }) => name.toLowerCase())).toContain(provider);
  }
});

for (const fixture of fixtures) {
  describe(`${fixture.provider}/${fixture.name}`, () => {
    let stage: Awaited<ReturnType<typeof openStage>>;
    beforeAll(async () => void (stage = await openStage(fixture)));
    afterAll(() => stage[Symbol.asyncDispose]());

    const isWhole = (events: Awaited<ReturnType<typeof readEvents>>) =>
      expect(joinPieces(events.slice(2))).toEqual([...fixture.events]);

    test("becomes its events, whole, and asks for them as the vendor documents", async () => {
      const requests = await stage.playEach([inPieces(fixture, [])], isWhole);
      expect(requests).toHaveLength(1);
      if (fixture.sent !== undefined) expect(JSON.parse(requests[0]?.body ?? "")).toEqual(fixture.sent);
    });

    test("becomes the same events whatever its pieces", async () => {
      const { body } = fixture;
      const perByte =
        body.byteLength < 600 ? [Array.from({ length: body.byteLength - 1 }, (_, index) => index + 1)] : [];
      const cuts = [
        messageEnds(fixture),
        sampledOffsets(fixture),
        ...perByte,
        ...sampledOffsets(fixture).map((offset) => [offset]),
      ];
      await stage.playEach(
        cuts.map((offsets) => inPieces(fixture, offsets)),
        isWhole,
      );
    });

    test("becomes the same events with CRLF, and compressed", async () => {
      const crlf = Buffer.from(fixture.body.toString().replace(/\r?\n/g, "\r\n"));
      const zipped = gzipSync(fixture.body);
      await stage.playEach(
        [
          inPieces({ ...fixture, body: crlf }, []),
          inPieces({ ...fixture, body: zipped, head: `${fixture.head}\r\ncontent-encoding: gzip` }, []),
        ],
        isWhole,
      );
    });

    test("ends with exactly one finish wherever it is cut off", async () => {
      const { head, body } = fixture;
      const places = [0, ...messageEnds(fixture), ...sampledOffsets(fixture)];
      const cutOff = places.flatMap((end): Step[][] => {
        const begin = [
          `${head}\r\ntransfer-encoding: chunked\r\n\r\n`,
          ...(end > 0 ? [toChunk(body.subarray(0, end))] : []),
        ];
        return [
          [...begin, "close"],
          [...begin, { waitMs: 2 }, "reset"],
          [...begin, lastChunk],
        ];
      });
      await stage.playEach(cutOff, (events) => {
        assertRun(events);
        const reason = events.find((event) => event.type === "finish")?.finish.reason;
        const expected = fixture.events.find((event) => event.type === "finish")?.finish.reason;
        expect(["error", expected]).toContain(reason);
        if (reason !== "error") return;
        expect(events.some(({ type }) => type === "error" || type === "auth")).toBe(true);
      });
    });
  });
}
